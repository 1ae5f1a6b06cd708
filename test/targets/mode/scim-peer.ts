/** An independent SCIM server: scimmy-routers on Express, with users and groups in maps. One per process, because its registry is global. */
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import express from 'express';
import SCIMMY from 'scimmy';
import SCIMMYRouters from 'scimmy-routers';
import { onTestFinished } from 'vitest';

interface Stored {
  readonly id: string;
  readonly [attribute: string]: unknown;
}

interface Asked {
  readonly id?: string;
  readonly filter?: { match(resources: object[]): object[] };
}

/** The handlers that both resource types of scimmy accept; scimmy's own types differ for each. */
interface Declarable {
  egress(handler: (resource: Asked) => object): void;
  ingress(handler: (resource: Asked, instance: Record<string, unknown>) => object): void;
  degress(handler: (resource: { id: string }) => void): void;
}

let users = new Map<string, Stored>();
let groups = new Map<string, Stored>();

function declare(type: 'User' | 'Group', all: () => Map<string, Stored>, name: string): void {
  const resource = SCIMMY.Resources[type];
  const handlers = resource as unknown as Declarable;
  handlers.egress(({ id, filter }) => {
    if (id === undefined)
      return filter === undefined ? [...all().values()] : filter.match([...all().values()]);
    const stored = all().get(id);
    if (stored === undefined) throw new SCIMMY.Types.Error(404, '', `Resource ${id} not found`);
    return stored;
  });
  handlers.ingress(({ id }, instance) => {
    const taken = [...all().values()].some((other) => other[name] === instance[name] && other.id !== id);
    if (taken) throw new SCIMMY.Types.Error(409, 'uniqueness', `${name} is taken`);
    const key = id ?? randomUUID();
    const plain = JSON.parse(JSON.stringify(instance)) as Record<string, unknown>;
    const stored = { ...plain, meta: undefined, id: key };
    all().set(key, stored);
    return stored;
  });
  handlers.degress(({ id }) => {
    all().delete(id);
  });
  SCIMMY.Resources.declare(resource);
}

declare('User', () => users, 'userName');
declare('Group', () => groups, 'displayName');

/** @returns when it listens, empty */
export async function startPeer(token: string): Promise<string> {
  users = new Map();
  groups = new Map();
  const app = express();
  const handler = (request: express.Request) => {
    if (request.header('Authorization') !== `Bearer ${token}`) throw new Error('Wrong token');
    return 'test';
  };
  app.use('/scim/v2', new SCIMMYRouters({ type: 'bearer', handler }));
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/scim/v2`;
}
