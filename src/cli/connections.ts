/** `connections list`, `add`, `remove` */
import { counted } from '../operators/counted.ts';
import { printTable } from './print-table.ts';
import { COMMAND_LINE, useBridge, type WorkspaceOption } from './use-bridge.ts';

export async function listConnections({ workspace }: WorkspaceOption): Promise<void> {
  await useBridge(async ({ operators }) => {
    const connections = await operators.connections.list(workspace);
    printTable(
      ['workspace', 'name', 'state', 'id'],
      connections.map(({ id, name, state, workspace: slug }) => [slug, name, state, id]),
    );
  });
}

export async function addConnection(
  name: string,
  { workspace, state }: WorkspaceOption & { readonly state: string },
): Promise<void> {
  await useBridge(async ({ operators }) => {
    const added = await operators.connections.add(workspace, name, state, COMMAND_LINE);
    console.log(`The connection ${added.name} of ${added.workspace} is ${added.state}.`);
    console.log(
      `Make its token: tokens create scim --workspace ${added.workspace} --connection ${added.name}`,
    );
  });
}

export async function removeConnection(
  name: string,
  { workspace, release = false }: WorkspaceOption & { readonly release?: boolean },
): Promise<void> {
  await useBridge(async ({ operators }) => {
    const connection = await operators.connections.find(workspace, name);
    const { users, groups, left } = await operators.connections.remove(connection, {
      release,
      by: COMMAND_LINE,
    });
    console.log(`The connection ${connection.name} is removed, and its tokens are not valid any more.`);
    if (!release) return;
    const stay = `${counted(users, 'user')} and ${counted(groups, 'group')}`;
    console.log(`No connection owns these any more: ${stay}. Nothing was changed on Mode.`);
    if (left > 0)
      console.log(
        `The IdP had deactivated ${counted(left, 'user')}: removed from the directory of the bridge.`,
      );
  });
}
