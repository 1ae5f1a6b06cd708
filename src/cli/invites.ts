/** `invites`: invites that are not accepted. */
import { useBridge, type WorkspaceOption } from './use-bridge.ts';

export async function invites({ workspace: slug }: WorkspaceOption): Promise<void> {
  await useBridge(async ({ operators, config }) => {
    const workspace = await operators.connections.workspace(slug);
    const configured = config.workspaces.find((candidate) => candidate.slug === workspace);
    const open = await operators.reports.openInvites(workspace);
    if (open.length === 0) console.log('No invite is open.');
    for (const { email, state, sends, sentAt, reason } of open) {
      const stuck = sends >= (configured?.inviteMaxSends ?? Infinity) ? 'sent as often as allowed' : '';
      const when = new Date(sentAt).toISOString();
      console.log([state.padEnd(8), `${sends} x`, when, email, reason ?? stuck].join('  ').trimEnd());
    }
  });
}
