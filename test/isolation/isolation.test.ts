/**
 * With any token, through any route: nothing of another workspace is seen or changed, and what another connection of the
 * same workspace owns is found and not written.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reason } from '../../src/provisioning/reason/reason.ts';
import { engines, type EngineName } from '../databases.ts';
import { memberOf } from '../feed/world.ts';
import {
  IDPS,
  OPERATORS,
  openTwoWorkspaces,
  READERS,
  WORKSPACES,
  type Holder,
  type Request,
  type Slug,
  type TwoWorkspaces,
} from './two-workspaces.ts';

const RUNS: Readonly<Record<EngineName, number>> = { sqlite: 15, postgres: 4 };
/** Names that both workspaces use, so that they would meet if anything were shared. */
const NAMES = 4;

interface Resource {
  readonly kind: 'Users' | 'Groups';
  readonly id: string;
  readonly name: string;
  readonly workspace: Slug;
  readonly owner: string;
}

/** What only resources of that workspace have in them. */
const markOf = (workspace: Slug) => `mark-of-${workspace}`;

/** A world in which it is known who owns what. */
interface World extends TwoWorkspaces {
  readonly resources: Resource[];
  /** Tokens of lists, snapshots and tasks that a workspace was given. */
  readonly given: { readonly workspace: Slug; readonly path: string }[];
}

const pick = <T>(from: readonly T[], index: number): T | undefined => from[index % Math.max(from.length, 1)];
const userBody = (name: string, workspace: Slug) => ({
  userName: `${name}@x.test`,
  externalId: `external-${name}`,
  title: markOf(workspace),
  emails: [{ value: `${name}@x.test`, type: 'work', primary: true }],
  active: true,
});
const groupBody = (name: string, workspace: Slug, members: readonly string[]) => ({
  displayName: name,
  externalId: markOf(workspace),
  members: members.map((value) => ({ value })),
});

/** Sends a request, and checks what holds for every request. */
async function send(world: World, as: Holder, request: Request) {
  const others = WORKSPACES.filter((workspace) => workspace !== as.workspace);
  const before = await Promise.all(others.map(world.fingerprint));
  const answer = await world.send(as, request);
  const about = `${as.name}: ${request.method} ${request.path} ${JSON.stringify(request.body)} -> ${answer.status} ${answer.text}`;
  expect(answer.status, about).toBeLessThan(500);
  expect(await Promise.all(others.map(world.fingerprint)), about).toEqual(before);
  const asked = request.path + JSON.stringify(request.body ?? '');
  for (const other of others) {
    expect(answer.text, about).not.toContain(markOf(other));
    // A message may repeat an id that it was asked for.
    const ids = [
      ...world.resources.filter(({ workspace }) => workspace === other).map(({ id }) => id),
      ...IDPS.filter(({ workspace }) => workspace === other).map(({ owner }) => owner),
    ];
    for (const id of ids) if (!asked.includes(id)) expect(answer.text, about).not.toContain(id);
  }
  return { ...answer, about };
}

interface Step {
  readonly what: (typeof WHATS)[number];
  readonly as: number;
  readonly on: number;
  readonly name: number;
}
const WHATS = [
  'create user',
  'create group',
  'read',
  'write',
  'delete',
  'find',
  'bulk',
  'reader writes',
  'feed',
  'foreign places',
  'admin',
] as const;

async function take(world: World, { what, as, on, name }: Step): Promise<void> {
  const idp = pick(IDPS, as) ?? IDPS[0];
  const target = pick(world.resources, on);
  const label = `name-${name % NAMES}`;
  switch (what) {
    case 'create user':
      return create(world, idp, 'Users', label, userBody(label, idp.workspace));
    case 'create group': {
      const member = target?.kind === 'Users' ? target : undefined;
      const isForeign = member !== undefined && member.workspace !== idp.workspace;
      const body = groupBody(label, idp.workspace, member === undefined ? [] : [member.id]);
      if (!isForeign) return create(world, idp, 'Groups', label, body);
      const { status, about } = await send(world, idp, { method: 'POST', path: '/scim/v2/Groups', body });
      expect(status, about).toBe(400);
      return;
    }
    case 'read':
      return readOne(world, [...IDPS, ...READERS][as % 5] ?? idp, target);
    case 'write':
      return write(world, idp, target, on + name);
    case 'delete':
      return remove(world, idp, target);
    case 'find':
      return find(world, [...IDPS, ...READERS][as % 5] ?? idp, target, on, label);
    case 'bulk':
      return bulk(world, idp, target, label);
    case 'reader writes': {
      const reader = pick([...READERS, ...OPERATORS], as) ?? READERS[0];
      const path = target === undefined ? '/scim/v2/Users' : `/scim/v2/${target.kind}/${target.id}`;
      const method = target === undefined ? 'POST' : 'DELETE';
      const { status, about } = await send(world, reader, { method, path });
      expect(status, about).toBe(reader.kind === 'feed' ? 403 : 401);
      return;
    }
    case 'feed':
      return readFeed(world, pick(READERS, as) ?? READERS[0], on);
    case 'foreign places': {
      const holder = pick<Holder>([...READERS, ...IDPS], as) ?? READERS[0];
      const place = pick(world.given, on);
      if (place !== undefined) await send(world, holder, { method: 'GET', path: place.path });
      return;
    }
    case 'admin':
      return administer(world, pick(OPERATORS, as) ?? OPERATORS[0], on, target);
  }
}

async function create(world: World, idp: Holder, kind: Resource['kind'], name: string, body: object) {
  const { workspace, owner } = idp;
  const existing = world.resources.find(
    (one) => one.workspace === workspace && one.kind === kind && one.name === name,
  );
  const answer = await send(world, idp, { method: 'POST', path: `/scim/v2/${kind}`, body });
  expect(answer.status, answer.about).toBe(existing === undefined ? 201 : 409);
  if (existing === undefined) {
    const { id } = JSON.parse(answer.text) as { id: string };
    world.resources.push({ kind, id, name, workspace, owner });
  } else if (existing.owner !== owner) {
    expect(answer.text, answer.about).toContain(existing.owner);
  }
}

async function readOne(world: World, holder: Holder, target: Resource | undefined) {
  if (target === undefined) return;
  const { id, kind, workspace } = target;
  const { status, about } = await send(world, holder, { method: 'GET', path: `/scim/v2/${kind}/${id}` });
  expect(status, about).toBe(workspace === holder.workspace ? 200 : 404);
  if (kind === 'Users') return;
  const path = `/scim/v2/Entitlements/${encodeURIComponent(`group:${id}:member`)}`;
  const entitlement = await send(world, holder, { method: 'GET', path });
  if (workspace !== holder.workspace) expect(entitlement.status, entitlement.about).toBe(404);
}

function statusOfWrite(idp: Holder, { workspace, owner }: Resource): 'written' | 403 | 404 {
  if (workspace !== idp.workspace) return 404;
  return owner === idp.owner ? 'written' : 403;
}

async function write(world: World, idp: Holder, target: Resource | undefined, how: number) {
  if (target === undefined) return;
  const { id, kind, name } = target;
  const users = world.resources.filter((one) => one.kind === 'Users');
  const member = pick(users, how);
  const value = (body: object) => ({ Operations: [body] });
  const put = kind === 'Users' ? userBody(name, idp.workspace) : groupBody(name, idp.workspace, []);
  const patch =
    kind === 'Users'
      ? value({ op: 'replace', path: 'title', value: markOf(idp.workspace) })
      : value({ op: 'add', path: 'members', value: [{ value: member?.id ?? 'none' }] });
  const isPatch = how % 2 === 0;
  const path = `/scim/v2/${kind}/${id}`;
  const answer = await send(world, idp, {
    method: isPatch ? 'PATCH' : 'PUT',
    path,
    body: isPatch ? patch : put,
  });
  const expected = statusOfWrite(idp, target);
  const addsForeign = isPatch && kind === 'Groups' && member?.workspace !== idp.workspace;
  if (expected !== 'written') expect(answer.status, answer.about).toBe(expected);
  else if (addsForeign) expect(answer.status, answer.about).toBe(400);
  else expect([200, 204], answer.about).toContain(answer.status);
}

async function remove(world: World, idp: Holder, target: Resource | undefined) {
  if (target === undefined) return;
  const path = `/scim/v2/${target.kind}/${target.id}`;
  const { status, about } = await send(world, idp, { method: 'DELETE', path });
  const expected = statusOfWrite(idp, target);
  expect(status, about).toBe(expected === 'written' ? 204 : expected);
  if (expected === 'written') world.resources.splice(world.resources.indexOf(target), 1);
}

async function find(world: World, holder: Holder, target: Resource | undefined, how: number, label: string) {
  const filters = [
    `userName eq "${label}@x.test"`,
    'userName sw "name"',
    'userName co "x.test"',
    `emails.value eq "${label}@x.test"`,
    `externalId eq "external-${label}"`,
    `externalId sw "mark-of"`,
    'title sw "mark-of"',
    `displayName eq "${label}"`,
    `id eq "${target?.id ?? 'none'}"`,
    'id pr',
    `members.value eq "${target?.id ?? 'none'}"`,
    `groups.value eq "${target?.id ?? 'none'}"`,
    'meta.created gt "2000-01-01T00:00:00Z"',
  ];
  const filter = filters[how % filters.length] ?? '';
  for (const kind of ['Users', 'Groups', 'Roles', 'Entitlements', '']) {
    const base = kind === '' ? '/scim/v2' : `/scim/v2/${kind}`;
    await send(world, holder, { method: 'GET', path: `${base}?filter=${encodeURIComponent(filter)}` });
    if (holder.kind === 'scim' && kind !== 'Roles' && kind !== 'Entitlements')
      await send(world, holder, { method: 'POST', path: `${base}/.search`, body: { filter, count: 50 } });
    const page = await send(world, holder, { method: 'GET', path: `${base}?cursor&count=1` });
    const next =
      page.status === 200 ? (JSON.parse(page.text) as { nextCursor?: string }).nextCursor : undefined;
    if (next !== undefined)
      world.given.push({
        workspace: holder.workspace,
        path: `${base}?count=1&cursor=${encodeURIComponent(next)}`,
      });
  }
  if (target?.kind !== 'Users' || target.workspace !== holder.workspace) return;
  const path = `/scim/v2/Users?filter=${encodeURIComponent(`userName eq "${target.name}@x.test"`)}`;
  const { text, about } = await send(world, holder, { method: 'GET', path });
  expect(text, about).toContain(target.id);
}

async function bulk(world: World, idp: Holder, target: Resource | undefined, label: string) {
  if (target === undefined) return;
  const path = `/${target.kind}/${target.id}`;
  const Operations = [
    { method: 'PATCH', path, data: { Operations: [{ op: 'replace', path: 'externalId', value: 'x' }] } },
    {
      method: 'POST',
      path: '/Groups',
      bulkId: 'g',
      data: groupBody(`${label}-bulk`, idp.workspace, [target.id]),
    },
    { method: 'DELETE', path: '/Groups/bulkId:g' },
  ];
  const { text, about } = await send(world, idp, {
    method: 'POST',
    path: '/scim/v2/Bulk',
    body: { Operations },
  });
  const statuses = (JSON.parse(text) as { Operations: { status: string }[] }).Operations.map(
    ({ status }) => status,
  );
  const expected = statusOfWrite(idp, target);
  if (expected !== 'written') expect(statuses[0], about).toBe(String(expected));
  const mayBeMember = target.kind === 'Users' && target.workspace === idp.workspace;
  expect(statuses[1], about).toBe(mayBeMember ? '201' : '400');
}

async function readFeed(world: World, reader: Holder, how: number) {
  const paths = [
    'snapshot',
    'accounts?limit=1',
    'groups',
    'roles',
    'resources',
    'entitlements',
    'grants?limit=2',
    'changes?after=0&wait=0',
    ...['ndjson', 'csv', 'oaa', 'baton-file'].map((format) => `export/${format}`),
  ];
  const path = `/feed/v1/${paths[how % paths.length] ?? ''}`;
  const { text, status, about } = await send(world, reader, { method: 'GET', path });
  expect(status, about).toBe(200);
  const { workspace } = reader;
  const cursor = /"next_cursor":"([^"]+)"/.exec(text)?.[1];
  if (cursor !== undefined)
    world.given.push({ workspace, path: `${path.split('?')[0] ?? ''}?cursor=${cursor}` });
  const snapshot = /"snapshot":"(\w+)"/.exec(text)?.[1];
  if (snapshot !== undefined)
    for (const kind of ['snapshot', 'accounts', 'export/csv'])
      world.given.push({ workspace, path: `/feed/v1/${kind}?snapshot=${snapshot}` });
  const poll = {
    method: 'POST',
    path: '/feed/v1/events/poll?after=0',
    body: { returnImmediately: true },
  } as const;
  const events = await send(world, reader, poll);
  for (const [, set = ''] of events.text.matchAll(/"ey[\w-]+\.([\w-]+)\./g)) {
    const claims = Buffer.from(set, 'base64url').toString();
    for (const { id } of world.resources.filter((one) => one.workspace !== workspace))
      expect(claims, events.about).not.toContain(id);
    for (const other of WORKSPACES) if (other !== workspace) expect(claims).not.toContain(markOf(other));
  }
}

async function administer(world: World, operator: Holder, how: number, target: Resource | undefined) {
  const slug = pick(WORKSPACES, how) ?? 'acme';
  const base = `/admin/api/workspaces/${slug}`;
  const kind = target?.kind === 'Groups' ? 'group' : 'user';
  const requests: readonly Request[] = [
    { method: 'GET', path: '/admin/api/status' },
    { method: 'GET', path: '/admin/api/tasks?closed=true' },
    { method: 'GET', path: base },
    { method: 'GET', path: `${base}/links` },
    { method: 'GET', path: `${base}/invites` },
    { method: 'GET', path: `${base}/connections` },
    { method: 'GET', path: `${base}/drift` },
    { method: 'GET', path: `${base}/adoption` },
    { method: 'POST', path: `${base}/probe` },
    { method: 'PUT', path: `${base}/links/${kind}/${target?.id ?? 'none'}`, body: { on_mode: 'none' } },
    { method: 'DELETE', path: `${base}/links/${kind}/${target?.id ?? 'none'}` },
    { method: 'PUT', path: `${base}/drift/${pick(IDPS, how)?.owner ?? ''}`, body: { mode: 'report' } },
    { method: 'PUT', path: `${base}/connections/okta/state`, body: { state: 'paused' } },
    { method: 'POST', path: '/admin/api/tasks/task-of-acme/close' },
    { method: 'POST', path: '/admin/api/tasks/task-of-globex/close' },
  ];
  for (const request of requests) {
    const { status, about } = await send(world, operator, request);
    const namesOther = request.path.startsWith(base) && slug !== operator.workspace;
    const closesOther =
      request.path.includes('task-of-') && !request.path.includes(`task-of-${operator.workspace}`);
    if (namesOther || closesOther) expect(status, about).toBe(404);
  }
}

/** One of each kind in each connection; a task and a member of Mode in each workspace. */
async function begin(engine: EngineName): Promise<World> {
  const world: World = { ...(await openTwoWorkspaces(engine)), resources: [], given: [] };
  for (const idp of IDPS) {
    const name = `name-of-${idp.owner.split(':')[1] ?? ''}`;
    await create(world, idp, 'Users', name, userBody(name, idp.workspace));
    const id = world.resources.at(-1)?.id ?? '';
    await create(world, idp, 'Groups', name, groupBody(name, idp.workspace, [id]));
  }
  for (const workspace of WORKSPACES) {
    const member = memberOf(`member-of-${workspace}`, markOf(workspace));
    for (const list of ['members', 'groups'] as const)
      await world.store.provisioning.record({
        workspace,
        at: 1,
        members: { upsert: [member], remove: [] },
        read: { list, since: 1, how: 'memberships', behind: [] },
      });
    const user = world.resources.find((one) => one.workspace === workspace);
    await world.store.tasks.write({
      workspace,
      subject: { kind: 'user', id: user?.id ?? '' },
      at: 1,
      open: [
        {
          id: `task-of-${workspace}`,
          action: 'invite',
          what: [reason('task_make_admin', { account: markOf(workspace) })],
          why: 'No right',
          triedAt: null,
          link: 'https://x.test',
        },
      ],
      update: [],
      done: [],
    });
  }
  return world;
}

describe.each(engines)('two workspaces on one database, on %s', (engine) => {
  it('see and change nothing of each other, and connections of one write only what they own', async () => {
    const number = fc.nat({ max: 1_000 });
    const step = fc.record({ what: fc.constantFrom(...WHATS), as: number, on: number, name: number });
    const property = fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const world = await begin(engine);
      try {
        for (const each of steps) await take(world, each);
      } finally {
        await world.close();
      }
    });
    await fc.assert(property, { numRuns: RUNS[engine] });
  }, 240_000);
});
