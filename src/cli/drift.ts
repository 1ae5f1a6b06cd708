/** `drift`: what differs between the IdP, what the bridge wrote last, and Mode. */
import { BridgeError } from '../errors.ts';
import { COMMAND_LINE, useBridge, type ConnectionOption } from './use-bridge.ts';

interface Options extends ConnectionOption {
  readonly json?: boolean;
  readonly set?: string;
}

export async function drift({ json, set, workspace: slug, connection: name }: Options): Promise<void> {
  if (name !== undefined && set === undefined) {
    throw new BridgeError(
      'invalid_value',
      '--connection needs --set: drift is shown for a whole workspace. Remove --connection, or add --set.',
    );
  }
  await useBridge(async ({ operators }) => {
    if (set !== undefined) {
      const connection = await operators.connections.find(slug, name);
      await operators.reports.setDriftMode(connection.workspace, connection.id, set, COMMAND_LINE);
      console.log(`Drift of ${connection.name}: ${set}.`);
      return;
    }
    const workspace = await operators.connections.workspace(slug);
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
      const states = `wants ${wants}, wrote ${wrote ?? 'nothing'}, has ${has}`;
      console.log(`  ${of.padEnd(15)}  ${what.padEnd(12)}  ${place}: ${states}`);
    }
    if (items.length === 0) console.log('Nothing differs.');
  });
}
