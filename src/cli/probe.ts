/** `probe` */
import { useBridge, type WorkspaceOption } from './use-bridge.ts';

export async function probe({ workspace }: WorkspaceOption): Promise<void> {
  await useBridge(async ({ operators }) => {
    const all = await operators.connections.workspaces();
    const workspaces = workspace === undefined ? all : [await operators.connections.workspace(workspace)];
    for (const slug of workspaces) await operators.probe(slug);
    console.log(
      workspaces.length === 0
        ? 'The database knows no workspace yet: run "serve" first.'
        : `A running bridge looks at ${workspaces.join(', ')} within seconds; "status" shows what it finds.`,
    );
  });
}
