/** `events rotate-key` */
import { COMMAND_LINE, useBridge } from './use-bridge.ts';

export async function rotateEventKey(): Promise<void> {
  await useBridge(async ({ rotateEventKey: rotate }) => {
    const id = await rotate(COMMAND_LINE);
    console.log(`SCIM events are signed with the key ${id} now. The key before it stays published.`);
  });
}
