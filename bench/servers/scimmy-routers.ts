/** The peer: scimmy-routers on Express, with users and groups in maps, as its documentation sets it up. */
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import express from 'express';
import SCIMMY from 'scimmy';
import SCIMMYRouters from 'scimmy-routers';
import { membersOfGroups, personOf, TOKEN, type Scale } from '../scale.ts';

interface Stored {
  id: string;
  meta: { created: Date; lastModified: Date };
  [attribute: string]: unknown;
}

const scale = JSON.parse(process.env['SCALE'] ?? '{}') as Scale;
const { users: userCount, groups: groupSizes } = scale;
const memberNumbers = membersOfGroups(scale);
const users = new Map<string, Stored>();
const groups = new Map<string, Stored>();

function store(all: Map<string, Stored>, id: string, resource: object): Stored {
  const now = new Date();
  const stored = { ...resource, id, meta: { created: all.get(id)?.meta.created ?? now, lastModified: now } };
  all.set(id, stored);
  return stored;
}

interface Asked {
  readonly id?: string;
  readonly filter?: { match(resources: object[]): object[] };
}

function find(all: Map<string, Stored>, { id, filter }: Asked): object {
  if (id === undefined) return filter === undefined ? [...all.values()] : filter.match([...all.values()]);
  const stored = all.get(id);
  if (stored === undefined) throw new Error(`Resource ${id} not found`);
  return stored;
}

/** What both of scimmy's resource types take; its own types of the handlers differ for each. */
interface Declarable {
  egress(handler: (resource: Asked) => object): void;
  ingress(handler: (resource: Asked, instance: object) => object): void;
  degress(handler: (resource: { id: string }) => void): void;
}

function declare(type: 'User' | 'Group', all: Map<string, Stored>): void {
  const resource = SCIMMY.Resources[type];
  const handlers = resource as unknown as Declarable;
  handlers.egress((asked) => find(all, asked));
  handlers.ingress(({ id = randomUUID() }, instance) => store(all, id, instance));
  handlers.degress(({ id }) => {
    all.delete(id);
  });
  SCIMMY.Resources.declare(resource);
}

declare('User', users);
declare('Group', groups);
for (let index = 0; index < userCount; index += 1) store(users, `user-${index}`, personOf(index));
for (const [index, size] of groupSizes.entries()) {
  const members = (memberNumbers[index] ?? []).map((number) => ({ value: `user-${number}`, type: 'User' }));
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
