/** `events rotate-key` */
import { useBridge } from './use-bridge.ts';

export async function rotateEventKey(): Promise<void> {
  await useBridge(async ({ rotateEventKey: rotate }) => {
    const id = await rotate();
    console.log(`SCIM events are signed with the key ${id} now. The key before it stays published.`);
  });
}
