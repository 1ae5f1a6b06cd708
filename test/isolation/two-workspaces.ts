/** Two workspaces on one database behind the real servers: acme with two connections, globex with one. */
import { createServers } from '../../src/app/create-servers.ts';
import { prepareStore } from '../../src/app/prepare-store.ts';
import type { Config, WorkspaceConfig } from '../../src/config/config.ts';
import { readConfig } from '../../src/config/read-config.ts';
import type { ConnectionConfig } from '../../src/config/config.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { openStore, type Store } from '../../src/store/open-store.ts';
import { freshDatabase, type EngineName } from '../databases.ts';
import { standingClock } from '../feed/world.ts';
import { systemRandom } from '../../src/random.ts';

export const WORKSPACES = ['acme', 'globex'] as const;
export type Slug = (typeof WORKSPACES)[number];

export interface Holder {
  readonly name: string;
  readonly kind: 'scim' | 'feed' | 'admin';
  readonly workspace: Slug;
  /** The id of the connection of a SCIM token. */
  readonly owner: string;
  readonly token: string;
}

const holder = (kind: Holder['kind'], workspace: Slug, connection = ''): Holder => ({
  name: `${kind} of ${workspace} ${connection}`.trim(),
  kind,
  workspace,
  owner: `${workspace}:${connection}`,
  token: `a-token-${kind}-${workspace}-${connection}`,
});
export const IDPS = [
  holder('scim', 'acme', 'okta'),
  holder('scim', 'acme', 'entra'),
  holder('scim', 'globex', 'okta'),
] as const;
export const READERS = [holder('feed', 'acme'), holder('feed', 'globex')] as const;
export const OPERATORS = [holder('admin', 'acme'), holder('admin', 'globex')] as const;

export interface Answer {
  readonly status: number;
  readonly text: string;
}

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** From the root on. */
  readonly path: string;
  readonly body?: unknown;
}

export interface TwoWorkspaces {
  readonly store: Store;
  send(as: Holder, request: Request): Promise<Answer>;
  /** Everything that the workspace has, as text: to see that nothing changed. */
  fingerprint(workspace: Slug): Promise<string>;
  close(): Promise<void>;
}

export async function openTwoWorkspaces(engine: EngineName): Promise<TwoWorkspaces> {
  const database = await freshDatabase(engine);
  const store = openStore(database);
  const clock = standingClock();
  const log = createLogger('silent');
  const environment = readConfig({ BRIDGE_DATABASE_URL: database, BRIDGE_EVENTS: 'full' });
  const config: Config = { ...environment, file: 'bridge.yaml', workspaces: WORKSPACES.map(described) };
  await prepareStore({ config, clock, log, forgetful: false }, store);
  const stopping = new AbortController();
  const servers = createServers({
    random: systemRandom,
    config,
    store,
    clock,
    log,
    stopping: stopping.signal,
  });
  await Promise.all([servers.public.ready(), servers.admin.ready()]);

  function described(slug: Slug): WorkspaceConfig {
    const [base] = environment.workspaces;
    if (base === undefined) throw new Error('The environment describes one workspace.');
    const fixed = (from: readonly Holder[]) => {
      const text = from.find(({ workspace }) => workspace === slug)?.token;
      return text === undefined ? undefined : { text, setting: 'BRIDGE_CONFIG', place: 'BRIDGE_CONFIG' };
    };
    const connections = IDPS.filter(({ workspace }) => workspace === slug).map((idp): ConnectionConfig => ({
      name: idp.owner.slice(slug.length + 1),
      state: 'live',
      tokens: { scim: fixed([idp]) },
      profile: undefined,
      policy: base.policy,
    }));
    return { ...base, slug, tokens: { feed: fixed(READERS), admin: fixed(OPERATORS) }, connections };
  }

  return {
    store,
    send: async (as, { method, path, body }) => {
      const server = path.startsWith('/admin/') ? servers.admin : servers.public;
      const headers = {
        authorization: `Bearer ${as.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      };
      const payload = body === undefined ? {} : { payload: JSON.stringify(body) };
      const answer = await server.inject({ method, url: path, headers, ...payload });
      return { status: answer.statusCode, text: answer.body };
    },
    fingerprint: async (workspace) => {
      const { directory, provisioning, tasks, feed, access } = store;
      const users = (await directory.users(workspace, { limit: 1_000 })).items;
      const groups = (await directory.groups(workspace, { limit: 1_000 })).items;
      return JSON.stringify([
        users,
        groups,
        await Promise.all(groups.map(({ id }) => directory.memberIds(id))),
        await provisioning.links(workspace, 1_000),
        await provisioning.driftModes(workspace, 'enforce'),
        await tasks.list(workspace, { closed: true, limit: 1_000 }),
        await feed.lastPosition(workspace),
        (await access.connections()).filter((connection) => connection.workspace === workspace),
        (await access.tokens()).filter((token) => token.workspace === workspace),
        await store.capabilities.probeAskedAt(workspace),
      ]);
    },
    close: async () => {
      stopping.abort();
      await Promise.all([servers.public.close(), servers.admin.close()]);
      await servers.flush();
      await store.close();
    },
  };
}
