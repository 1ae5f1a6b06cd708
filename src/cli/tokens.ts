/** `tokens create`, `tokens list`, `tokens revoke` */
import { withMaintenance } from '../app/with-maintenance.ts';
import { systemClock } from '../clock.ts';
import { readConfig } from '../config/read-config.ts';

export async function createToken(
  kind: string,
  options: { connection: string; label: string },
): Promise<void> {
  await withMaintenance(readConfig(), systemClock, async (maintenance) => {
    const { token, text } = await maintenance.createToken(kind, options.connection, options.label);
    console.log(`id     ${token.id}`);
    console.log(`token  ${text}`);
    console.log('It is shown only now: the bridge keeps a digest of it.');
  });
}

export async function listTokens(): Promise<void> {
  await withMaintenance(readConfig(), systemClock, async (maintenance) => {
    for (const {
      id,
      kind,
      connectionId,
      prefix,
      createdAt,
      revokedAt,
      label,
    } of await maintenance.listTokens()) {
      const state = revokedAt === null ? 'valid' : `revoked ${new Date(revokedAt).toISOString()}`;
      console.log(
        [id, kind, connectionId, prefix, new Date(createdAt).toISOString(), state, label].join('  '),
      );
    }
  });
}

export async function revokeToken(id: string): Promise<void> {
  await withMaintenance(readConfig(), systemClock, async (maintenance) => {
    await maintenance.revokeToken(id);
    console.log('The token is not valid any more.');
  });
}
