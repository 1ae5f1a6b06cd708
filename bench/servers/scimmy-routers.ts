/** The peer: scimmy-routers on Express, with users and groups in maps, as its documentation sets it up. */
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import express from 'express';
import SCIMMY from 'scimmy';
import SCIMMYRouters from 'scimmy-routers';
import { groupMembers, personOf, TOKEN, type Scale } from '../scale.ts';

interface Stored {
  id: string;
  meta: { created: Date; lastModified: Date };
  [attribute: string]: unknown;
}

const { users: userCount, groups: groupSizes } = JSON.parse(process.env['SCALE'] ?? '{}') as Scale;
const users = new Map<string, Stored>();
const groups = new Map<string, Stored>();

function store(all: Map<string, Stored>, id: string, resource: object): Stored {
  const now = new Date();
  const stored = { ...resource, id, meta: { created: all.get(id)?.meta.created ?? now, lastModified: now } };
  all.set(id, stored);
  return stored;
}

function find(
  all: Map<string, Stored>,
  { id, filter }: { id?: string; filter?: { match: (v: object[]) => object[] } },
) {
  if (id !== undefined) {
    const stored = all.get(id);
    if (stored === undefined) throw new Error(`Resource ${id} not found`);
    return stored;
  }
  return filter === undefined ? [...all.values()] : filter.match([...all.values()]);
}

function declare(type: 'User' | 'Group', all: Map<string, Stored>): void {
  SCIMMY.Resources.declare(SCIMMY.Resources[type] as typeof SCIMMY.Resources.User, {
    egress: (resource) => find(all, resource as Parameters<typeof find>[1]) as never,
    ingress: (resource, instance) => store(all, resource.id ?? randomUUID(), instance) as never,
    degress: (resource) => {
      all.delete(resource.id ?? '');
    },
  });
}

declare('User', users);
declare('Group', groups);
for (let index = 0; index < userCount; index += 1) store(users, `user-${index}`, personOf(index));
for (const [index, size] of groupSizes.entries()) {
  const members = groupMembers(size).map((number) => ({ value: `user-${number}`, type: 'User' }));
  store(groups, `group-${index}`, { displayName: `Group of ${size} (${index})`, members });
}

const app = express();
app.use(
  '/scim/v2',
  new SCIMMYRouters({
    type: 'bearer',
    handler: (request) => {
      if (request.header('Authorization') !== `Bearer ${TOKEN}`) throw new Error('Wrong token');
      return 'bench';
    },
  }),
);
const server = app.listen(0, '127.0.0.1', () => {
  console.log(`listening http://127.0.0.1:${(server.address() as AddressInfo).port}/scim/v2`);
});
