/** `drift`: what differs between the IdP, what the bridge wrote last, and Mode. */
import { withDesk } from '../app/with-desk.ts';
import { systemClock } from '../clock.ts';
import { readConfig } from '../config/read-config.ts';
import { workspaceOf } from './workspace-of.ts';

interface Options {
  readonly json?: boolean;
  readonly set?: string;
  readonly connection: string;
}

export async function drift({ json, set, connection }: Options): Promise<void> {
  const config = readConfig();
  await withDesk(config, systemClock, async (desk, known) => {
    const workspace = workspaceOf(config, known);
    if (set !== undefined) {
      await desk.setDriftMode(workspace, connection, set);
      console.log(`Drift of ${connection}: ${set}.`);
      return;
    }
    const { readAt, items, modes } = await desk.drift(workspace);
    const at = new Date(readAt).toISOString();
    if (json === true) {
      console.log(JSON.stringify({ read_at: at, modes, items }, undefined, 2));
      return;
    }
    console.log(`Mode as read at ${at}`);
    for (const { connectionId, mode } of modes) console.log(`connection ${connectionId}: ${mode}`);
    for (const { class: of, what, name, group, wants, wrote, has } of items) {
      const place = group === null ? name : `${name} in ${group}`;
      const told = `wants ${wants}, wrote ${wrote ?? 'nothing'}, has ${has}`;
      console.log(`  ${of.padEnd(15)}  ${what.padEnd(12)}  ${place}: ${told}`);
    }
    if (items.length === 0) console.log('Nothing differs.');
  });
}
