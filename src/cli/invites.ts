/** `invites`: those that are not accepted. */
import { withDesk } from '../app/with-desk.ts';
import { systemClock } from '../clock.ts';
import { readConfig } from '../config/read-config.ts';
import { workspaceOf } from './workspace-of.ts';

export async function invites(): Promise<void> {
  const config = readConfig();
  await withDesk(config, systemClock, async (desk, known) => {
    const open = await desk.openInvites(workspaceOf(config, known));
    if (open.length === 0) console.log('No invite is open.');
    for (const { email, state, sends, sentAt, reason } of open) {
      const stuck = sends >= config.inviteMaxSends ? 'sent as often as it may be' : '';
      const when = new Date(sentAt).toISOString();
      console.log([state.padEnd(8), `${sends} x`, when, email, reason ?? stuck].join('  ').trimEnd());
    }
  });
}
