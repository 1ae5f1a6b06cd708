/** `events rotate-key` */
import { withBridge } from '../app/with-bridge.ts';
import { systemClock } from '../clock.ts';
import { readConfig } from '../config/read-config.ts';

export async function rotateEventKey(): Promise<void> {
  await withBridge(readConfig(), systemClock, async ({ rotateEventKey: rotate }) => {
    const id = await rotate();
    console.log(`SCIM events are signed with the key ${id} now. The key before it stays published.`);
  });
}
