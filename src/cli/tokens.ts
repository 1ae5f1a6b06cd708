/** `tokens create`, `tokens list`, `tokens revoke` */
import { systemClock } from '../clock.ts';
import { printTable } from './print-table.ts';
import { COMMAND_LINE, useBridge, type ConnectionOption, type WorkspaceOption } from './use-bridge.ts';

export async function createToken(
  kind: string,
  { label, expires, ...place }: ConnectionOption & { readonly label: string; readonly expires?: string },
): Promise<void> {
  await useBridge(async ({ operators }) => {
    const made = { label, expires, by: COMMAND_LINE };
    const { token, text } = await operators.tokens.create(kind, place, made);
    console.log(`id     ${token.id}`);
    console.log(`token  ${text}`);
    if (token.expiresAt !== null) console.log(`valid  until ${new Date(token.expiresAt).toISOString()}`);
    console.log('It is shown only now: the bridge stores only a digest.');
  });
}

export async function listTokens({ workspace }: WorkspaceOption): Promise<void> {
  await useBridge(async ({ operators }) => {
    const tokens = await operators.tokens.list(workspace);
    printTable(
      ['id', 'kind', 'workspace', 'connection', 'prefix', 'created', 'state', 'label'],
      tokens.map((token) => {
        const { id, kind, workspace: slug, connectionId, prefix, createdAt, label } = token;
        const created = new Date(createdAt).toISOString();
        return [id, kind, slug, connectionId ?? '-', prefix, created, stateOf(token), label];
      }),
    );
  });
}

export async function revokeToken(id: string): Promise<void> {
  await useBridge(async ({ operators }) => {
    await operators.tokens.revoke(id, COMMAND_LINE);
    console.log('The token is not valid any more.');
  });
}

function stateOf({ revokedAt, expiresAt }: { revokedAt: number | null; expiresAt: number | null }): string {
  if (revokedAt !== null) return `revoked ${new Date(revokedAt).toISOString()}`;
  if (expiresAt === null) return 'valid';
  const until = new Date(expiresAt).toISOString();
  return systemClock.now() < expiresAt ? `valid until ${until}` : `expired ${until}`;
}
