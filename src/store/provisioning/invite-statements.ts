/** Statements that update invites: after the bridge's own operations, and after a read of the members. */
import { sql } from 'kysely';
import type { InviteEvent } from '../../provisioning/invite/invite.ts';
import type { Observation } from '../../provisioning/model/observation.ts';
import type { Engine, Statement } from '../engine/engine.ts';
import { fold } from '../tables/keys.ts';

/** How long a withdrawn invite is kept, because its link may still work. */
const LINK_WORKS_MS = 30 * 24 * 60 * 60_000;

export function inviteStatements(engine: Engine, { workspace, at, invites = [] }: Observation): Statement[] {
  return invites.map((event) => ({ query: eventQuery(engine, workspace, at, event).compile() }));
}

function eventQuery({ db }: Engine, workspace: string, at: number, event: InviteEvent) {
  const { email } = event;
  const email_key = fold(email);
  if (event.kind === 'ended') {
    return db
      .updateTable('invites')
      .set({ state: 'withdrawn', sends: 0, reason: null, updated_at: at })
      .where('workspace', '=', workspace)
      .where('email_key', '=', email_key);
  }
  const row = { workspace, email_key, email, first_sent_at: at, sent_at: at, updated_at: at };
  // An accepted or withdrawn invite was a different one.
  const over = sql`invites.state in ('accepted', 'withdrawn')`;
  if (event.kind === 'expected') {
    const { userId: user_id } = event;
    return db
      .insertInto('invites')
      .values({ ...row, state: 'expected', sends: 0, expires_at: null, reason: null, user_id })
      .onConflict((conflict) =>
        conflict.columns(['workspace', 'email_key']).doUpdateSet({
          user_id,
          updated_at: at,
          state: sql<string>`case when ${over} then 'expected' else invites.state end`,
          sends: sql<number>`case when ${over} then 0 else invites.sends end`,
        }),
      );
  }
  if (event.kind === 'sent') {
    const { expiresAt, userId: user_id } = event;
    const state = { state: 'sent', expires_at: expiresAt, reason: null, user_id };
    const fresh = sql`(${over} or invites.sends = 0)`;
    const again = (value: number) => sql<number>`case when ${fresh} then cast(${value} as bigint) else`;
    return db
      .insertInto('invites')
      .values({ ...row, ...state, sends: 1 })
      .onConflict((conflict) =>
        conflict.columns(['workspace', 'email_key']).doUpdateSet({
          ...state,
          email,
          sent_at: at,
          updated_at: at,
          sends: sql<number>`${again(1)} invites.sends + 1 end`,
          first_sent_at: sql<number>`${again(at)} invites.first_sent_at end`,
        }),
      );
  }
  const { reason, again } = event;
  const values = again
    ? { reason, sent_at: at, updated_at: at, sends: sql<number>`invites.sends + 1` }
    : { reason, state: 'refused', updated_at: at };
  return db
    .insertInto('invites')
    .values({
      ...row,
      state: again ? 'pending' : 'refused',
      sends: again ? 1 : 0,
      expires_at: null,
      reason,
      user_id: null,
    })
    .onConflict((conflict) => conflict.columns(['workspace', 'email_key']).doUpdateSet(values));
}

/** After the rows of the members are written: marks invites as pending, accepted or expired. */
export function seenInviteStatements({ db }: Engine, { workspace, at, read }: Observation): Statement[] {
  if (read?.list !== 'members') return [];
  const listed = (state: 'active' | 'invited') => sql<boolean>`exists (
    select 1 from observed_members as seen
    where seen.workspace = invites.workspace and seen.email_key = invites.email_key
      and seen.state = ${state} and (seen.written_at is null or ${state} = 'active'))`;
  const ours = sql<boolean>`exists (
    select 1 from observed_members as seen
    where seen.workspace = invites.workspace and seen.email_key = invites.email_key and seen.state != 'former')`;
  // A person who accepts after the IdP has changed the address has not accepted as this user.
  const stillTheirs = sql<boolean>`(invites.user_id is null or exists (
    select 1 from users where users.id = invites.user_id and users.account_key = invites.email_key))`;
  const forget = db
    .deleteFrom('invites')
    .where('workspace', '=', workspace)
    .where('state', 'in', ['withdrawn', 'expired', 'expected', 'refused'])
    .where('sent_at', '<=', at - LINK_WORKS_MS)
    .where((of) => of.or([of('expires_at', 'is', null), of('expires_at', '<=', at)]))
    .where((of) => of.and([of.not(ours), of.or([of('state', '=', 'withdrawn'), of.not(stillTheirs)])]));
  const become = (state: string) =>
    db.updateTable('invites').set({ state, updated_at: at }).where('workspace', '=', workspace);
  const found = db
    .selectFrom('observed_members')
    .where('workspace', '=', workspace)
    .where('state', '=', 'invited')
    .where('email_key', 'is not', null)
    .groupBy(['workspace', 'email_key'])
    .select(['workspace', 'email_key', (of) => of.fn.min('email').as('email')])
    .select([sql<string>`'pending'`.as('state'), sql<number>`0`.as('sends')])
    .select(['first_sent_at', 'sent_at', 'updated_at'].map((name) => instant(at).as(name as 'sent_at')));
  // An invite that somebody sent on the target, or before invites were stored. Its time begins now.
  const meet = db
    .insertInto('invites')
    .columns(['workspace', 'email_key', 'email', 'state', 'sends', 'first_sent_at', 'sent_at', 'updated_at'])
    .expression(found as never)
    .onConflict((conflict) => conflict.doNothing());
  const expired = become('expired')
    .where('state', 'in', ['sent', 'pending'])
    .where((of) => of.or([of('expires_at', '<=', at), of.and([of('state', '=', 'pending'), of.not(ours)])]));
  return [
    meet.compile(),
    become('pending')
      .where('state', 'in', ['sent', 'refused', 'expected'])
      .where(listed('invited'))
      .compile(),
    become('accepted').where('state', '!=', 'accepted').where(listed('active')).where(stillTheirs).compile(),
    expired.compile(),
    forget.compile(),
  ].map((query) => ({ query }));
}

function instant(at: number) {
  return sql<number>`cast(${at} as bigint)`;
}
