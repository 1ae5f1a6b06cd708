/** Every admin route with a body, as the OpenAPI document lists them: new routes are covered, too. */
import { readFile } from 'node:fs/promises';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createServers } from '../../src/app/create-servers.ts';
import { systemClock } from '../../src/clock.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { createToken } from '../../src/directory/access/tokens.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { systemRandom } from '../../src/random.ts';
import { openStore, type Store } from '../../src/store/open-store.ts';
import { freshDatabase } from '../databases.ts';

interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly anyOf?: readonly Schema[];
}
type Method = 'POST' | 'PUT' | 'PATCH' | 'DELETE';

const document = JSON.parse(await readFile(new URL('../../openapi/admin.json', import.meta.url), 'utf8')) as {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<
        Record<string, { readonly requestBody?: { content: Record<string, { readonly schema: Schema }> } }>
      >
    >
  >;
};
const ROUTES = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).flatMap(([method, { requestBody }]) => {
    const schema = requestBody?.content['application/json']?.schema;
    const object = schema?.anyOf?.find(({ type }) => type === 'object') ?? schema;
    const url = path.replaceAll(/\{\w+\}/g, 'x');
    return object === undefined
      ? []
      : [{ name: `${method.toUpperCase()} ${path}`, method: method.toUpperCase() as Method, url, object }];
  }),
);
/** What no field of that type is, and a validator that converts would take for one. */
const LOOKALIKE: Readonly<Record<string, unknown>> = {
  string: 5,
  integer: '5',
  boolean: 'true',
  array: 'a@x.test',
};

let store: Store;
let server: FastifyInstance;
let close: () => Promise<void>;
let headers: Readonly<Record<string, string>>;

beforeAll(async () => {
  store = openStore(await freshDatabase('sqlite'));
  const token = await createToken(store.access, systemClock, {
    ...{ workspace: 'acme', connectionId: null, kind: 'admin' },
    label: 'x',
  });
  const servers = createServers({
    ...{ config: readConfig({}), store, clock: systemClock, random: systemRandom },
    log: createLogger('silent'),
    stopping: new AbortController().signal,
  });
  server = servers.admin;
  close = async () => {
    await Promise.all([servers.public.close(), servers.admin.close()]);
    await servers.flush();
    await store.close();
  };
  headers = {
    host: 'localhost',
    authorization: `Bearer ${token.text}`,
    'content-type': 'application/json',
  };
});
afterAll(() => close());

async function detailOf({ method, url }: (typeof ROUTES)[number], body: unknown): Promise<string> {
  const answer = await server.inject({ method, url, headers, payload: JSON.stringify(body) });
  const { code, detail } = answer.json<{ code: string; detail: string }>();
  expect([answer.statusCode, code], detail).toEqual([400, 'invalid_value']);
  return detail;
}

it('knows the routes with a body', () => {
  expect(ROUTES.length).toBeGreaterThan(8);
});

describe.each(ROUTES)('$name', (route) => {
  const names = Object.keys(route.object.properties ?? {});

  it('refuses a field that it does not know by its name, and says which it knows', async () => {
    const detail = await detailOf(route, { nonsense: true });
    expect(detail).toBe(`The body has an unknown field "nonsense": it may have ${names.join(', ')}.`);
  });

  it.each(names)('refuses %s of another type instead of converting it', async (name) => {
    const type = route.object.properties?.[name]?.type ?? 'string';
    const detail = await detailOf(route, { [name]: LOOKALIKE[type] });
    expect(detail).toMatch(new RegExp(`^(The body lacks|"${name}" in the body must be)`));
  });

  it('refuses a list and a text', async () => {
    expect(await detailOf(route, [])).toContain('must be object');
    expect(await detailOf(route, 'plan')).toContain('must be');
  });
});
