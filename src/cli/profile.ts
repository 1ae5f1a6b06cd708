/** `profile` */
import { withBridge } from '../app/with-bridge.ts';
import { systemClock } from '../clock.ts';
import { readConfig } from '../config/read-config.ts';

export async function pinProfile(
  names: readonly string[],
  { connection }: { connection: string },
): Promise<void> {
  await withBridge(readConfig(), systemClock, async ({ operators }) => {
    const { pinned, shapes } = await operators.connections.pinProfile(connection, names);
    const idp = pinned === null ? 'the IdP is detected from the traffic' : `the IdP is ${pinned}`;
    const answers = shapes.length === 0 ? 'answers have the usual shape' : `answers are ${shapes.join(', ')}`;
    console.log(`${connection}: ${idp}; ${answers}.`);
  });
}
