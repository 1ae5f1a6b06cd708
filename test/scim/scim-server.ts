/** The SCIM routes in this process, on a real store, without a worker or Mode. For tests of what a client sees. */
import { pino } from 'pino';
import type { Clock } from '../../src/clock.ts';
import type { Attributes } from '../../src/directory/attributes.ts';
import { createGroups } from '../../src/directory/group/groups.ts';
import type { TokenHolder } from '../../src/directory/access/token-holder.ts';
import { createUsers } from '../../src/directory/user/users.ts';
import { createServer } from '../../src/http/server.ts';
import { createProfiles } from '../../src/scim/profile/profiles.ts';
import { registerScim } from '../../src/scim/register-scim.ts';
import type { IdpWarning } from '../../src/directory/access/idp-profile.ts';
import { openStore, type Store } from '../../src/store/open-store.ts';
import { freshDatabase, type EngineName } from '../databases.ts';

const PREFIX = '/scim/v2';
const OKTA = { id: 'okta', workspace: 'acme', name: 'okta', state: 'live' } as const;

export interface Answer {
  readonly status: number;
  /** Empty when there is no body. */
  readonly body: Attributes;
}

export interface ScimServer {
  readonly store: Store;
  /** The warnings for operators, in order. */
  readonly warnings: readonly Pick<IdpWarning, 'code' | 'example'>[];
  readonly close: () => Promise<void>;
  readonly call: (
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Answer>;
}

/** @param kind the kind of the token that every request has */
export async function scimServer(
  engine: EngineName = 'sqlite',
  kind: TokenHolder['kind'] = 'scim',
): Promise<ScimServer> {
  const store = openStore(await freshDatabase(engine));
  const clock: Clock = { now: () => 1_000, monotonic: () => 1_000, sleep: () => Promise.resolve() };
  await store.access.addConnection({ ...OKTA, createdAt: 0 });
  const log = pino({ level: 'silent' });
  const server = createServer({ log });
  const warnings: Pick<IdpWarning, 'code' | 'example'>[] = [];
  const idp: Store['idp'] = {
    ...store.idp,
    addWarning: (_id, { code, example }) => Promise.resolve(void warnings.push({ code, example })),
  };
  // A minute passes between two warnings, so that each one is stored immediately.
  const known = { workspace: OKTA.workspace, tokenId: 't' };
  const holder: TokenHolder = kind === 'scim' ? { ...known, kind, connection: OKTA } : { ...known, kind };
  const time = { elapsed: 0 };
  const profiles = createProfiles(idp, { ...clock, monotonic: () => (time.elapsed += 60_000) }, log);
  server.register(
    (scope, _options, done) => {
      registerScim(scope, {
        users: createUsers(store.directory, clock),
        groups: createGroups(store.directory, clock),
        views: store.views,
        clock,
        readOptionsOf: () => ({ adminRoleAnyCase: false }),
        profiles,
        authenticate: () => holder,
        publicUrl: undefined,
        eventUris: [],
      });
      done();
    },
    { prefix: PREFIX },
  );
  return {
    store,
    warnings,
    close: async () => {
      await server.close();
      await store.close();
    },
    call: async (method, path, body, more = {}) => {
      const payload = body === undefined ? {} : { payload: JSON.stringify(body) };
      const headers = { authorization: 'Bearer x', 'content-type': 'application/scim+json', ...more };
      const answer = await server.inject({ method, url: PREFIX + path, headers, ...payload });
      return { status: answer.statusCode, body: answer.body === '' ? {} : answer.json<Attributes>() };
    },
  };
}
