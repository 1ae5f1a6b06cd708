/** Both servers of the bridge, with every route on them. */
import type { FastifyInstance } from 'fastify';
import { registerAdmin } from '../admin/admin-routes.ts';
import { adminSurface } from '../admin/admin-surface.ts';
import { registerApiDocs } from '../admin/api-docs.ts';
import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';
import type { Config, ServerConfig } from '../config/config.ts';
import { settingName } from '../config/setting-name.ts';
import { createGroups } from '../directory/group/groups.ts';
import { cacheTokens } from '../directory/access/token-cache.ts';
import type { TokenHolder } from '../directory/access/token-holder.ts';
import { authenticate, type TokenKind } from '../directory/access/token.ts';
import { createUsers } from '../directory/user/users.ts';
import { createEventKeys } from '../feed/events/event-keys.ts';
import { eventUris } from '../feed/events/event-types.ts';
import { registerKeySet } from '../feed/events/key-set-route.ts';
import { registerFeed } from '../feed/feed-routes.ts';
import { feedSurface } from '../feed/feed-surface.ts';
import { checkHost } from '../http/host-check.ts';
import { registerHealth } from '../http/health.ts';
import { answerWithProblems } from '../http/problem.ts';
import { createServer } from '../http/server.ts';
import { closeUnread } from '../http/unread-body.ts';
import type { CallCounts } from '../observability/call-counts.ts';
import type { Logger } from '../observability/logger.ts';
import { createMetrics, type Metrics } from '../observability/metrics.ts';
import type { SyncControl } from '../provisioning/model/sync-state.ts';
import { scimSurface } from '../scim/docs/scim-surface.ts';
import { createProfiles } from '../scim/profile/profiles.ts';
import { createReadResource } from '../scim/read-resource.ts';
import { registerScim } from '../scim/register-scim.ts';
import { createEndState } from '../scim/recording/end-state.ts';
import { createRecorder } from '../scim/recording/record-traffic.ts';
import { createRequestLog } from '../scim/requests/request-log.ts';
import type { Store } from '../store/open-store.ts';
import { accessBackOf } from './access-back.ts';
import { endsWithin } from './keep-working.ts';
import { leaverObjectiveMsOf } from './leaver-objective.ts';
import { operatorsOf } from './operators-of.ts';
import { createReadiness } from './readiness.ts';

const SCIM_PREFIX = '/scim/v2';
/** How long the observations of the IdP may take to be stored when the bridge stops. */
const FLUSH_MS = 3_000;
/** Each has an OpenAPI document. */
export const SURFACES = [scimSurface, feedSurface, adminSurface] as const;

/** The running parts of one workspace in this process. */
interface ServedWorkspace {
  readonly calls: CallCounts;
  readonly sync: SyncControl;
  /** Why no worker runs; undefined while one runs. */
  readonly trouble: () => string | undefined;
}

interface ServerParts {
  readonly config: Config;
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** By slug; empty when no worker runs in this process. */
  readonly served?: ReadonlyMap<string, Partial<ServedWorkspace>>;
  readonly stopping: AbortSignal;
}

interface Servers {
  readonly public: FastifyInstance;
  readonly admin: FastifyInstance;
  readonly leaverVerified: Metrics['leaverVerified'];
  /** Stores the observations of the IdP that are not stored yet. For a graceful stop, after the servers are closed. */
  flush(): Promise<void>;
}

/** Both servers with all their routes; nothing listens yet. */
export function createServers(parts: ServerParts): Servers {
  const {
    config,
    store,
    clock,
    random,
    log,
    stopping,
    served = new Map<string, Partial<ServedWorkspace>>(),
  } = parts;
  const { publicUrl, events: eventMode, eventsKey } = config.server;
  const workspaces = new Map(config.workspaces.map((workspace) => [workspace.slug, workspace]));
  const objectiveMsOf = leaverObjectiveMsOf(config.workspaces);
  const requests =
    config.server.requestLogDays === 0 ? undefined : createRequestLog(store.requests, clock, log);
  const metrics = createMetrics(
    () =>
      Promise.all(
        Array.from(workspaces.keys(), async (workspace) => {
          const { jobs, deliveries, outage } = await store.status.status(workspace, 0);
          const calls = served.get(workspace)?.calls?.all() ?? [];
          const holds = await store.holds.openByConnection(workspace);
          const { count } = await store.leavers.open(workspace, clock.now() - objectiveMsOf(workspace), 1);
          const work = { jobs, deliveries, holds, leaversOverdue: count };
          return { workspace, ...work, failing: outage !== null, calls };
        }),
      ),
    () => requests?.dropped() ?? 0,
  );
  const workerTroubles = () =>
    Array.from(served, ([workspace, { trouble }]) => [workspace, trouble?.()] as const).flatMap(
      ([workspace, reason]) => (reason === undefined ? [] : [`Workspace "${workspace}": ${reason}`]),
    );
  const readiness = createReadiness({ database: store.status.ping, workerTroubles, clock, log });
  const tokenFor = (...kinds: TokenKind[]) =>
    cacheTokens((text) => holderOf(store, text, kinds, clock.now()), clock);
  const publicServer = createServer({ log, random });
  const admin = createServer({ log, random });

  closeUnread(publicServer, clock);
  closeUnread(admin, clock);
  checkHost(admin, adminNames(config.server), settingName('adminHosts', config.file));
  metrics.watch(publicServer, 'public');
  metrics.watch(admin, 'admin');
  // Fastify's own response to an unknown URL would log the query string.
  answerWithProblems(publicServer);
  answerWithProblems(admin);
  registerApiDocs(publicServer, admin, SURFACES);
  registerHealth(publicServer, readiness);
  registerHealth(admin, readiness);

  const accessBack = accessBackOf(config.workspaces);
  const users = createUsers(store.directory, clock, random, accessBack);
  const groups = createGroups(store.directory, clock, random, accessBack);
  const profiles = createProfiles(store.idp, clock, log);
  const { record: folder } = config.server;
  const recorder =
    folder === undefined
      ? undefined
      : createRecorder({ folder, endState: createEndState(users, groups), clock, log });
  const scim = {
    users,
    groups,
    views: store.views,
    clock,
    profiles,
    readOptionsOf: (workspace: string) => ({
      adminRoleAnyCase: workspaces.get(workspace)?.adminRoleAnyCase ?? false,
    }),
    publicUrl,
    eventUris: eventMode === 'off' ? [] : eventUris(eventMode),
  };
  const keys = createEventKeys(store.eventKeys, clock, eventsKey);
  const readResource = eventMode === 'full' ? createReadResource(scim, SCIM_PREFIX) : undefined;
  const events = { store: store.events, keys, readResource, publicUrl };
  publicServer.register(
    (scope, _options, done) => {
      // A reader of the feed may read SCIM, too.
      registerScim(scope, { ...scim, requests, recorder, authenticate: tokenFor('scim', 'feed') });
      done();
    },
    { prefix: SCIM_PREFIX },
  );
  publicServer.register(
    (scope, _options, done) => {
      registerFeed(scope, {
        store: store.feed,
        clock,
        authenticate: tokenFor('feed'),
        stopping,
        events: eventMode === 'off' ? undefined : events,
      });
      done();
    },
    { prefix: '/feed/v1' },
  );
  publicServer.register((scope, _options, done) => {
    if (eventMode !== 'off') registerKeySet(scope, keys);
    done();
  });
  admin.register(
    (scope, _options, done) => {
      registerAdmin(scope, {
        authenticate: tokenFor('admin'),
        operators: operatorsOf(store, clock, config),
        syncOf: (workspace) => served.get(workspace)?.sync,
        clock,
      });
      done();
    },
    { prefix: '/admin/api' },
  );
  metrics.expose(admin);
  return {
    public: publicServer,
    admin,
    leaverVerified: metrics.leaverVerified,
    flush: async () => {
      const observed = Promise.all([profiles.flush(), requests?.flush(), recorder?.flush()]);
      if (await endsWithin(observed, clock, FLUSH_MS)) return;
      log.error(
        { graceMs: FLUSH_MS },
        'could not store the last requests and warnings about the IdP in time',
      );
    },
  };
}

/** The names through which operators reach the admin port. */
function adminNames({ adminHosts, adminHost, publicUrl }: ServerConfig): readonly string[] {
  const publicName = publicUrl === undefined ? [] : [new URL(publicUrl).hostname];
  return [...adminHosts, adminHost, ...publicName];
}

/** The holder of a token of one of these kinds. */
async function holderOf(
  store: Store,
  text: string,
  kinds: readonly TokenKind[],
  now: number,
): Promise<TokenHolder | undefined> {
  for (const kind of kinds) {
    const token = await authenticate(store.access, text, kind, now);
    if (token === undefined) continue;
    const { id: tokenId, workspace, connectionId } = token;
    if (kind !== 'scim') return { workspace, tokenId, kind };
    const connection = connectionId === null ? undefined : await store.access.connection(connectionId);
    return connection && { workspace, tokenId, kind, connection };
  }
  return undefined;
}
