/** `tokens create`, `tokens list`, `tokens revoke` */
import { printTable } from './print-table.ts';
import { COMMAND_LINE, useBridge, type ConnectionOption, type WorkspaceOption } from './use-bridge.ts';

export async function createToken(
  kind: string,
  { label, ...place }: ConnectionOption & { readonly label: string },
): Promise<void> {
  await useBridge(async ({ operators }) => {
    const { token, text } = await operators.tokens.create(kind, place, label, COMMAND_LINE);
    console.log(`id     ${token.id}`);
    console.log(`token  ${text}`);
    console.log('It is shown only now: the bridge keeps a digest of it.');
  });
}

export async function listTokens({ workspace }: WorkspaceOption): Promise<void> {
  await useBridge(async ({ operators }) => {
    const tokens = await operators.tokens.list(workspace);
    printTable(
      ['id', 'kind', 'workspace', 'connection', 'prefix', 'created', 'state', 'label'],
      tokens.map(({ id, kind, workspace: slug, connectionId, prefix, createdAt, revokedAt, label }) => {
        const state = revokedAt === null ? 'valid' : `revoked ${new Date(revokedAt).toISOString()}`;
        return [id, kind, slug, connectionId ?? '-', prefix, new Date(createdAt).toISOString(), state, label];
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
