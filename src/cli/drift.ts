/** `drift`: what differs between the IdP, what the bridge wrote last, and Mode. */
import { withBridge } from '../app/with-bridge.ts';
import { systemClock } from '../clock.ts';
import { readConfig } from '../config/read-config.ts';

interface Options {
  readonly json?: boolean;
  readonly set?: string;
  readonly connection: string;
}

export async function drift({ json, set, connection }: Options): Promise<void> {
  const config = readConfig();
  await withBridge(config, systemClock, async ({ operators, workspace: find }) => {
    const workspace = await find();
    if (set !== undefined) {
      await operators.reports.setDriftMode(workspace, connection, set);
      console.log(`Drift of ${connection}: ${set}.`);
      return;
    }
    const { readAt, items, modes } = await operators.reports.drift(workspace);
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
