/** A small workspace with one item of every kind. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { C1zOptions } from '../../../src/feed/c1z/write-c1z.ts';
import type { FeedSnapshot } from '../../../src/feed/feed-snapshot.ts';
import { batches } from '../../../src/feed/feed-snapshot.ts';
import {
  FEED_KINDS,
  type Account,
  type FeedKind,
  type FeedKinds,
  type Grant,
} from '../../../src/feed/model.ts';

export const TAKEN_AT = Date.UTC(2026, 10, 21, 10, 0, 0, 250);
export const ADA = '01989b3c-0000-7000-8000-00000000ada0';
export const BOB = '01989b3c-0000-7000-8000-00000000b0b0';
export const ANALYSTS = '01989b3c-0000-7000-8000-000000000a00';

/** A source with each list in one batch. */
export const BATCH_ITEMS = 500;

export function anAccount(changes: Partial<Account> = {}): Account {
  return {
    id: ADA,
    email: 'ada@example.com',
    name: 'Ada Lovelace',
    givenName: 'Ada',
    familyName: 'Lovelace',
    userName: 'ada@example.com',
    externalId: '00u1',
    modeUsername: 'adal',
    memberToken: 'aaaa00000001',
    state: 'active',
    admin: true,
    owned: true,
    managedByScim: false,
    wanted: { active: true, admin: true },
    delivery: { state: 'verified', reason: null },
    activatedAt: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
    lastActiveAt: Date.UTC(2026, 10, 20),
    ...changes,
  };
}

export const bob = anAccount({
  id: BOB,
  email: 'bob@example.com',
  name: null,
  givenName: null,
  familyName: null,
  userName: null,
  externalId: null,
  modeUsername: null,
  memberToken: null,
  state: 'former',
  admin: false,
  owned: false,
  wanted: null,
  delivery: null,
  activatedAt: null,
  lastActiveAt: null,
});

export function aGrant(entitlementId: string, changes: Partial<Grant> = {}): Grant {
  const principal = changes.principal ?? { type: 'account', id: ADA };
  const id = `${entitlementId}:${principal.type}:${principal.id}`;
  return { id, entitlementId, principal, wanted: true, observed: true, source: 'direct', ...changes };
}

const member = `group:${ANALYSTS}:member`;

export const WORKSPACE: FeedKinds extends infer K ? { [P in keyof K]: readonly K[P][] } : never = {
  accounts: [anAccount(), bob],
  groups: [
    {
      id: ANALYSTS,
      name: 'Analysts',
      owned: true,
      externalId: '00g1',
      modeToken: 'bbbb00000001',
      memberCount: 2,
      delivery: { state: 'verified', reason: null },
    },
  ],
  roles: [{ id: 'admin', name: 'Admin' }],
  resources: [
    { type: 'collection', id: 'cccc00000001', name: 'Finance', defaultAccess: 'view' },
    { type: 'data_source', id: 'dddd00000001', name: 'Warehouse', defaultAccess: null },
  ],
  entitlements: [
    entitlement('collection', 'cccc00000001', 'edit', 'permission'),
    entitlement('collection', 'cccc00000001', 'view', 'permission'),
    entitlement('data_source', 'dddd00000001', 'query', 'permission'),
    entitlement('group', ANALYSTS, 'member', 'assignment'),
    entitlement('role', 'admin', 'assigned', 'assignment'),
  ],
  grants: [
    aGrant('collection:cccc00000001:view', { wanted: null, principal: { type: 'group', id: ANALYSTS } }),
    aGrant('data_source:dddd00000001:query', { wanted: null, principal: { type: 'account', id: BOB } }),
    aGrant(member),
    aGrant(member, { wanted: false, principal: { type: 'account', id: BOB }, source: 'outside_idp' }),
    aGrant('role:admin:assigned'),
    aGrant('role:admin:assigned', { principal: { type: 'account', id: BOB }, observed: false }),
  ],
};

export type Workspace = typeof WORKSPACE;

export function snapshotOf(changes: Partial<Workspace> = {}, takenAt = TAKEN_AT): FeedSnapshot {
  const lists: Workspace = { ...WORKSPACE, ...changes };
  const page: FeedSnapshot['page'] = (kind, after, limit) => {
    const items = (lists[kind] as readonly FeedKinds[typeof kind][]).slice(after, after + limit);
    const next = after + items.length;
    return Promise.resolve({ items, next: next < lists[kind].length ? next : null });
  };
  return {
    id: 'snapshot-1',
    workspace: 'acme',
    position: 7,
    takenAt,
    counts: Object.fromEntries(FEED_KINDS.map((kind) => [kind, lists[kind].length])) as Record<
      FeedKind,
      number
    >,
    page,
    all: (kind) => batches({ page }, kind, BATCH_ITEMS),
  };
}

export function freshFolder(): string {
  return mkdtempSync(join(tmpdir(), 'c1z-test-'));
}

/** A fixed time and fixed random bytes give the same file. */
export function options(file: string, changes: Partial<C1zOptions> = {}): C1zOptions {
  return {
    file,
    clock: { now: () => TAKEN_AT + 1_500 },
    random: (bytes) => new Uint8Array(bytes).fill(7),
    ...changes,
  };
}

function entitlement(
  resourceType: FeedKinds['entitlements']['resourceType'],
  resourceId: string,
  slug: string,
  purpose: 'assignment' | 'permission',
): FeedKinds['entitlements'] {
  const id = `${resourceType}:${resourceId}:${slug}`;
  return { id, resourceType, resourceId, slug, name: `${slug} of ${resourceId}`, purpose };
}
