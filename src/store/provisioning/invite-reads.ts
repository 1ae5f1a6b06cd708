/** Reads of stored invites. */
import type { Selectable } from 'kysely';
import type { Invite, InviteState } from '../../provisioning/invite/invite.ts';
import type { InviteStore } from '../../provisioning/ports/invite-store.ts';
import type { Engine } from '../engine/engine.ts';
import { fold } from '../tables/keys.ts';
import type { InvitesTable } from '../tables/work-tables.ts';

export function inviteReads({ db }: Engine): InviteStore {
  const ofWorkspace = (workspace: string) =>
    db
      .selectFrom('invites')
      .selectAll('invites')
      .where('invites.workspace', '=', workspace)
      .where('invites.state', '!=', 'withdrawn');
  return {
    inviteOf: async (workspace, email) => {
      const row = await ofWorkspace(workspace).where('email_key', '=', fold(email)).executeTakeFirst();
      return row === undefined ? undefined : toInvite(row);
    },
    openInvites: async (workspace, limit) => {
      const rows = await ofWorkspace(workspace)
        .where('state', 'not in', ['accepted', 'expected'])
        .orderBy('first_sent_at')
        .orderBy('email_key')
        .limit(limit)
        .execute();
      return rows.map(toInvite);
    },
    usersInvited: async (workspace, { sentBefore, sendsBelow }) => {
      const rows = await db
        .selectFrom('invites')
        .innerJoin('users', (join) =>
          join
            .onRef('users.workspace', '=', 'invites.workspace')
            .onRef('users.account_key', '=', 'invites.email_key'),
        )
        .select('users.id')
        .where('invites.workspace', '=', workspace)
        .where('invites.state', 'in', ['sent', 'pending', 'expired'])
        .where('invites.sends', '<=', sendsBelow)
        .where((of) => of.or([of('invites.sent_at', '<=', sentBefore), of('invites.state', '=', 'expired')]))
        .where('users.owner_id', 'is not', null)
        .where('users.active', '=', 1)
        .where('users.deleted_at', 'is', null)
        .orderBy('users.id')
        .execute();
      return rows.map((row) => row.id);
    },
  };
}

export function toInvite(row: Selectable<InvitesTable>): Invite {
  return {
    email: row.email,
    state: row.state as InviteState,
    sends: row.sends,
    firstSentAt: row.first_sent_at,
    sentAt: row.sent_at,
    expiresAt: row.expires_at,
    reason: row.reason,
    userId: row.user_id,
  };
}
