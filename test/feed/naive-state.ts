/** The expected state of the feed, computed row by row from the tables: slow, but simple enough to be obviously correct. */
import type { Kysely } from 'kysely';
import type { Account, Grant, Group, Resource } from '../../src/feed/model.ts';
import { matchAccounts } from '../../src/provisioning/matching/match-accounts.ts';
import { memberKey } from '../../src/provisioning/model/observation.ts';
import type { Engine } from '../../src/store/engine/engine.ts';
import { matchingReads } from '../../src/store/matching/matching-reads.ts';
import type { Database } from '../../src/store/tables/schema.ts';
import { WORKSPACE } from './world.ts';
import { sentences, type Reason } from '../../src/provisioning/reason/reason.ts';

export interface NaiveState {
  readonly accounts: readonly Account[];
  readonly groups: readonly Group[];
  readonly resources: readonly Resource[];
  readonly grants: readonly Grant[];
}

export async function naiveState(db: Kysely<Database>): Promise<NaiveState> {
  const users = await db.selectFrom('users').selectAll().execute();
  const allGroups = await db.selectFrom('groups').selectAll().execute();
  const members = await db.selectFrom('observed_members').selectAll().execute();
  const memberships = await db.selectFrom('group_members').selectAll().execute();
  const observed = await db.selectFrom('observed_group_members').selectAll().execute();
  const links = await db.selectFrom('links').selectAll().execute();
  const deliveries = await db.selectFrom('deliveries').selectAll().execute();
  const linkOf = (kind: string, id: string) =>
    links.find((link) => link.kind === kind && link.subject_id === id)?.token ?? null;
  const deliveryOf = (kind: string, id: string) => {
    const found = deliveries.find((one) => one.kind === kind && one.subject_id === id);
    return found === undefined
      ? null
      : { state: found.state, reason: sentences(JSON.parse(found.reason ?? '[]') as Reason[]) };
  };
  const facts = await matchingReads({ db } as Engine).all(WORKSPACE);
  const matching = matchAccounts(facts.users, facts.members);
  const memberBehind = (user: (typeof users)[number]) => {
    const { member } = matching.of(user.id);
    return member === null ? undefined : members.find((row) => row.member_key === memberKey(member));
  };

  const accounts: Account[] = [];
  for (const user of users) {
    const member = memberBehind(user);
    const deleted = user.deleted_at !== null;
    if (deleted && (user.owner_id === null || member === undefined || member.state === 'former')) continue;
    const name = (JSON.parse(user.document) as { name?: { givenName?: string; familyName?: string } }).name;
    accounts.push({
      id: user.id,
      email: member?.email ?? user.email,
      name: member?.name ?? user.full_name,
      givenName: name?.givenName ?? null,
      familyName: name?.familyName ?? null,
      userName: deleted ? null : user.user_name,
      externalId: deleted ? null : user.external_id,
      modeUsername: member?.username ?? null,
      memberToken: member?.member_token ?? null,
      state: (member?.state ?? 'absent') as Account['state'],
      admin: member?.state === 'active' && member.admin === 1,
      owned: user.owner_id !== null,
      managedByScim: member?.managed_by_scim === 1,
      wanted:
        user.owner_id === null || deleted
          ? null
          : { active: user.active === 1, admin: user.admin === null ? null : user.admin === 1 },
      delivery: deliveryOf('user', user.id),
      activatedAt: null,
      lastActiveAt: null,
    });
  }
  const present = allGroups.filter((group) => group.deleted_at === null);

  const grants: Grant[] = [];
  const addGrant = (entitlementId: string, id: string, wanted: boolean, seen: boolean) => {
    if (!wanted && !seen) return;
    const principal = { type: 'account', id } as const;
    grants.push({
      id: `${entitlementId}:account:${id}`,
      entitlementId,
      principal,
      wanted,
      observed: seen,
      source: wanted ? 'direct' : 'outside_idp',
    });
  };
  for (const account of accounts) {
    addGrant(
      'role:admin:assigned',
      account.id,
      account.wanted?.active === true && account.wanted.admin === true,
      account.admin,
    );
    const user = users.find((one) => one.id === account.id);
    for (const group of present) {
      const wanted =
        group.owner_id !== null &&
        user?.deleted_at === null &&
        user.active === 1 &&
        memberships.some((row) => row.group_id === group.id && row.user_id === account.id);
      const seen =
        account.memberToken !== null &&
        observed.some(
          (row) => row.group_token === linkOf('group', group.id) && row.member_token === account.memberToken,
        );
      addGrant(`group:${group.id}:member`, account.id, wanted, seen);
    }
  }
  const groups = present.map((group): Group => ({
    id: group.id,
    name: group.display_name,
    owned: group.owner_id !== null,
    externalId: group.external_id,
    modeToken: linkOf('group', group.id),
    memberCount: grants.filter(
      (grant) => grant.observed && grant.entitlementId === `group:${group.id}:member`,
    ).length,
    delivery: deliveryOf('group', group.id),
  }));
  const resources = (await db.selectFrom('observed_resources').selectAll().execute()).map((row) => {
    return {
      type: row.kind as 'collection',
      id: row.token,
      name: row.name,
      defaultAccess: row.default_access,
    };
  });
  for (const row of await db.selectFrom('observed_permissions').selectAll().execute()) {
    const entitlementId = `${row.resource_kind}:${row.resource_token}:${row.action}`;
    const holders =
      row.accessor_kind === 'group'
        ? present.filter((group) => linkOf('group', group.id) === row.accessor_token)
        : accounts.filter((account) => account.memberToken === row.accessor_token);
    for (const { id } of holders) {
      const principal = { type: row.accessor_kind as 'account', id };
      grants.push({
        id: `${entitlementId}:${principal.type}:${id}`,
        entitlementId,
        principal,
        wanted: null,
        observed: true,
        source: 'direct',
      });
    }
  }
  return {
    accounts: byId(accounts),
    groups: byId(groups),
    resources: byId(resources),
    grants: byId(grants),
  };
}

export function byId<T extends { readonly id: string }>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => (a.id < b.id ? -1 : 1));
}
