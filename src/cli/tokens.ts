/** `tokens create`, `tokens list`, `tokens revoke` */
import { withBridge } from '../app/with-bridge.ts';
import { systemClock } from '../clock.ts';
import { readConfig } from '../config/read-config.ts';

export async function createToken(
  kind: string,
  options: { connection: string; label: string },
): Promise<void> {
  await withBridge(readConfig(), systemClock, async ({ operators }) => {
    const { token, text } = await operators.tokens.create(kind, options.connection, options.label);
    console.log(`id     ${token.id}`);
    console.log(`token  ${text}`);
    console.log('It is shown only now: the bridge keeps a digest of it.');
  });
}

export async function listTokens(): Promise<void> {
  await withBridge(readConfig(), systemClock, async ({ operators }) => {
    for (const {
      id,
      kind,
      connectionId,
      prefix,
      createdAt,
      revokedAt,
      label,
    } of await operators.tokens.list()) {
      const state = revokedAt === null ? 'valid' : `revoked ${new Date(revokedAt).toISOString()}`;
      console.log(
        [id, kind, connectionId, prefix, new Date(createdAt).toISOString(), state, label].join('  '),
      );
    }
  });
}

export async function revokeToken(id: string): Promise<void> {
  await withBridge(readConfig(), systemClock, async ({ operators }) => {
    await operators.tokens.revoke(id);
    console.log('The token is not valid any more.');
  });
}
