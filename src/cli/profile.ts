/** `profile` */
import { useBridge, type ConnectionOption } from './use-bridge.ts';

export async function pinProfile(
  names: readonly string[],
  { workspace, connection: wanted }: ConnectionOption,
): Promise<void> {
  await useBridge(async ({ operators }) => {
    const connection = await operators.connections.find(workspace, wanted);
    const { pinned, shapes } = await operators.connections.pinProfile(connection, names);
    const idp = pinned === null ? 'the IdP is detected from the traffic' : `the IdP is ${pinned}`;
    const answers = shapes.length === 0 ? 'answers have the usual shape' : `answers are ${shapes.join(', ')}`;
    console.log(`${connection.name}: ${idp}; ${answers}.`);
  });
}
