/**
 * Which account of the target a user is, as SQL: the rule of `provisioning/matching.ts`, for reads that cannot load everything.
 * A property test compares the two.
 */
import { sql, type RawBuilder } from 'kysely';

type Sql = RawBuilder<boolean>;

/** A table's alias in the statement. */
const ref = (alias: string, column: string) => sql.ref(`${alias}.${column}`);

function isWanted(user: string): Sql {
  return sql<boolean>`${ref(user, 'active')} = 1 and ${ref(user, 'deleted_at')} is null`;
}

/** An account that was never accepted under the user's address follows the address. */
function wantedLinkHolds(user: string, link: string, member: string): Sql {
  return sql<boolean>`(${ref(member, 'email_key')} is null or ${ref(member, 'email_key')} = ${ref(user, 'account_key')}
    or (${ref(member, 'state')} <> 'former' and ${ref(link, 'origin')} = 'operator')
    or (${ref(member, 'state')} = 'active' and not exists (
      select 1 from invites as unaccepted
      where unaccepted.workspace = ${ref(user, 'workspace')} and unaccepted.email_key = ${ref(member, 'email_key')}
        and unaccepted.user_id = ${ref(user, 'id')} and unaccepted.state <> 'accepted')))`;
}

/** A user who left with a link has no other account, unless their last address was invited for them. */
function hasNoOtherAccount(user: string): Sql {
  return sql<boolean>`(not exists (
      select 1 from links as other_link
      where other_link.workspace = ${ref(user, 'workspace')} and other_link.kind = 'user'
        and other_link.subject_id = ${ref(user, 'id')})
    or exists (
      select 1 from invites as own_invite
      where own_invite.workspace = ${ref(user, 'workspace')} and own_invite.email_key = ${ref(user, 'account_key')}
        and own_invite.user_id = ${ref(user, 'id')} and own_invite.state <> 'accepted'))`;
}

/** No valid link decides, so the address does. */
function isFree(user: string): Sql {
  return sql<boolean>`(${ref(user, 'owner_id')} is null or (${isWanted(user)}) or ${hasNoOtherAccount(user)})
    and not exists (
    select 1 from links as free_link
    join observed_members as free_member
      on free_member.workspace = free_link.workspace and free_member.member_key = free_link.token
    where free_link.workspace = ${ref(user, 'workspace')} and free_link.kind = 'user'
      and free_link.subject_id = ${ref(user, 'id')}
      and (${ref(user, 'owner_id')} is null or not (${isWanted(user)})
        or ${wantedLinkHolds(user, 'free_link', 'free_member')}))`;
}

function isRefused(user: string, member: string): Sql {
  return sql<boolean>`exists (
    select 1 from refused_links
    where refused_links.workspace = ${ref(user, 'workspace')} and refused_links.kind = 'user'
      and refused_links.subject_id = ${ref(user, 'id')} and refused_links.token = ${ref(member, 'member_token')})`;
}

/** Whether another pushed user may be the account because they have its address. */
function isClaimed(user: string, member: string, onlyWanted: boolean): Sql {
  const wanted = onlyWanted ? sql`and ${isWanted('claimant')}` : sql``;
  return sql<boolean>`exists (
    select 1 from users as claimant
    where claimant.workspace = ${ref(member, 'workspace')} and claimant.account_key = ${ref(member, 'email_key')}
      and claimant.id <> ${ref(user, 'id')} and claimant.owner_id is not null ${wanted}
      and ${isFree('claimant')} and not ${isRefused('claimant', member)})`;
}

function linkHolds(user: string, link: string, member: string): Sql {
  return sql<boolean>`(case
    when ${ref(user, 'owner_id')} is null then not ${isClaimed(user, member, false)}
    when ${isWanted(user)} then ${wantedLinkHolds(user, link, member)}
    else ${ref(user, 'leaving')} = 1 or not ${isClaimed(user, member, true)} end)`;
}

/** Leavers first, so that their account is removed; then wanted users, then other pushed users. */
function rank(user: string): RawBuilder<unknown> {
  return sql`(case when ${ref(user, 'owner_id')} is null then 3 when ${ref(user, 'leaving')} = 1 then 0
    when ${isWanted(user)} then 1 else 2 end), ${ref(user, 'created_at')}, ${ref(user, 'id')}`;
}

function isOpenTo(user: string, member: string): Sql {
  return sql<boolean>`not ${isRefused(user, member)}
    and not exists (
      select 1 from links as held join users as holder on holder.id = held.subject_id
      where held.workspace = ${ref(member, 'workspace')} and held.kind = 'user'
        and held.token = ${ref(member, 'member_token')} and holder.id <> ${ref(user, 'id')}
        and (holder.owner_id is not null or (${ref(user, 'owner_id')} is null and holder.deleted_at is null))
        and ${linkHolds('holder', 'held', member)})
    and not exists (
      select 1 from users as better
      where better.workspace = ${ref(user, 'workspace')} and better.account_key = ${ref(user, 'account_key')}
        and better.id <> ${ref(user, 'id')} and (better.owner_id is not null or better.deleted_at is null)
        and (${rank('better')}) < (${rank(user)})
        and ${isFree('better')} and not ${isRefused('better', member)})`;
}

export interface MatchAliases {
  readonly users: string;
  /** The left join of the user's link. */
  readonly links: string;
  readonly linked: string;
  readonly mailed: string;
}

/** The condition of a left join of `observed_members`: the account that the user is linked to. */
export function onLinkedAccount({ users, links, linked }: Omit<MatchAliases, 'mailed'>): Sql {
  return sql<boolean>`${ref(linked, 'workspace')} = ${ref(users, 'workspace')}
    and ${ref(linked, 'member_key')} = ${ref(links, 'token')} and ${linkHolds(users, links, linked)}`;
}

/** The condition of a left join of `observed_members` after that one: the account that has the user's address. */
export function onMailedAccount({ users, linked, mailed }: Omit<MatchAliases, 'links'>): Sql {
  return sql<boolean>`${ref(mailed, 'workspace')} = ${ref(users, 'workspace')}
    and ${ref(mailed, 'email_key')} = ${ref(users, 'account_key')} and ${ref(linked, 'member_key')} is null
    and ${isFree(users)} and ${isOpenTo(users, mailed)}
    and not exists (
      select 1 from observed_members as same
      where same.workspace = ${ref(mailed, 'workspace')} and same.email_key = ${ref(mailed, 'email_key')}
        and same.member_key <> ${ref(mailed, 'member_key')}
        and (same.state <> 'former' or ${ref(mailed, 'state')} = 'former') and ${isOpenTo(users, 'same')})`;
}

/** Rows (user_id, member_key) of the users who have an account. @param chosen narrows `users`; it begins with "and" */
export function matchedAccounts(workspace: unknown, chosen: RawBuilder<unknown>): RawBuilder<unknown> {
  const aliases = { users: 'users', links: 'own', linked: 'linked', mailed: 'mailed' };
  return sql`select users.id as user_id, coalesce(linked.member_key, mailed.member_key) as member_key
    from users
    left join links as own on own.workspace = users.workspace and own.kind = 'user' and own.subject_id = users.id
    left join observed_members as linked on ${onLinkedAccount(aliases)}
    left join observed_members as mailed on ${onMailedAccount(aliases)}
    where users.workspace = ${workspace} and (users.owner_id is not null or users.deleted_at is null) ${chosen}
      and coalesce(linked.member_key, mailed.member_key) is not null`;
}
