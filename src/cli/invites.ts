/** `invites`: those that are not accepted. */
import { withBridge } from '../app/with-bridge.ts';
import { systemClock } from '../clock.ts';
import { readConfig } from '../config/read-config.ts';

export async function invites(): Promise<void> {
  const config = readConfig();
  await withBridge(config, systemClock, async ({ operators, workspace }) => {
    const open = await operators.reports.openInvites(await workspace());
    if (open.length === 0) console.log('No invite is open.');
    for (const { email, state, sends, sentAt, reason } of open) {
      const stuck = sends >= config.inviteMaxSends ? 'sent as often as it may be' : '';
      const when = new Date(sentAt).toISOString();
      console.log([state.padEnd(8), `${sends} x`, when, email, reason ?? stuck].join('  ').trimEnd());
    }
  });
}
