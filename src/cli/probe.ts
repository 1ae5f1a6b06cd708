/** `probe` */
import { withBridge } from '../app/with-bridge.ts';
import { systemClock } from '../clock.ts';
import { readConfig } from '../config/read-config.ts';

export async function probe(): Promise<void> {
  await withBridge(readConfig(), systemClock, async ({ operators }) => {
    const workspaces = await operators.connections.workspaces();
    for (const workspace of workspaces) await operators.probe(workspace);
    console.log(
      workspaces.length === 0
        ? 'The database knows no workspace yet: run "serve" first.'
        : `A running bridge looks at ${workspaces.join(', ')} within seconds; "status" shows what it finds.`,
    );
  });
}
