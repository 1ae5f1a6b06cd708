/** Both servers of the bridge, with every route on them. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { registerAdmin } from '../admin/admin-routes.ts';
import { adminSurface } from '../admin/admin-surface.ts';
import { registerApiDocs } from '../admin/api-docs.ts';
import type { Clock } from '../clock.ts';
import type { Config, ModeAccess } from '../config/read-config.ts';
import { createGroups } from '../directory/group/groups.ts';
import { cacheTokens } from '../directory/access/token-cache.ts';
import type { TokenHolder } from '../directory/access/token-holder.ts';
import { authenticate, type TokenKind } from '../directory/access/token.ts';
import { createUsers } from '../directory/user/users.ts';
import { BridgeError } from '../errors.ts';
import { createEventKeys } from '../feed/events/event-keys.ts';
import { eventUris } from '../feed/events/event-types.ts';
import { registerKeySet } from '../feed/events/key-set-route.ts';
import { registerFeed } from '../feed/feed-routes.ts';
import { feedSurface } from '../feed/feed-surface.ts';
import { checkHost } from '../http/host-check.ts';
import { registerHealth } from '../http/health.ts';
import { answerWithProblems, sendProblem } from '../http/problem.ts';
import { createServer } from '../http/server.ts';
import { closeUnread } from '../http/unread-body.ts';
import type { CallCounts } from '../observability/call-counts.ts';
import type { Logger } from '../observability/logger.ts';
import { createMetrics } from '../observability/metrics.ts';
import type { SyncControl } from '../provisioning/model/sync-state.ts';
import { scimSurface } from '../scim/docs/scim-surface.ts';
import { createProfiles } from '../scim/profile/profiles.ts';
import { createReadResource } from '../scim/read-resource.ts';
import { registerScim } from '../scim/register-scim.ts';
import { sendScimError } from '../scim/scim-errors.ts';
import type { Store } from '../store/open-store.ts';
import { endsWithin } from './keep-working.ts';
import { operatorsOf } from './operators-of.ts';
import { createReadiness } from './readiness.ts';

const SCIM_PREFIX = '/scim/v2';
/** How long storing what was observed of the IdP may take when the bridge stops. */
const FLUSH_MS = 3_000;
/** Each has an OpenAPI document. */
export const SURFACES = [scimSurface, feedSurface, adminSurface] as const;

interface ServerParts {
  readonly config: Config;
  readonly mode: ModeAccess;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly calls?: CallCounts;
  /** undefined: nobody works. */
  readonly sync?: SyncControl;
  /** Why no worker runs; undefined when one does, or when none is meant to. */
  readonly workerTrouble?: () => string | undefined;
  readonly stopping: AbortSignal;
}

interface Servers {
  readonly public: FastifyInstance;
  readonly admin: FastifyInstance;
  /** Stores what was observed of the IdP and waits to be stored. For a graceful stop, after the servers are closed. */
  flush(): Promise<void>;
}

/** Both servers with all their routes; nothing listens yet. */
export function createServers(parts: ServerParts): Servers {
  const { config, mode, store, clock, log, stopping } = parts;
  const metrics = createMetrics(async () => {
    const { jobs, deliveries, outage } = await store.status.status(mode.workspace, 0);
    return { jobs, deliveries, failing: outage !== null };
  }, parts.calls);
  const { workerTrouble = () => undefined } = parts;
  const readiness = createReadiness({ database: store.status.ping, workerTrouble, clock, log });
  const tokenFor = (...kinds: TokenKind[]) => cacheTokens((text) => holderOf(store, text, kinds), clock);
  const publicServer = createServer({ log, answerBadUrl });
  const admin = createServer({ log, answerBadUrl });

  closeUnread(publicServer, clock);
  closeUnread(admin, clock);
  checkHost(admin, adminNames(config), 'BRIDGE_ADMIN_HOSTS');
  metrics.watch(publicServer, 'public');
  metrics.watch(admin, 'admin');
  // Fastify's own answer to an unknown address would put the query string into the log.
  answerWithProblems(publicServer);
  answerWithProblems(admin);
  registerApiDocs(publicServer, admin, SURFACES);
  registerHealth(publicServer, readiness);
  registerHealth(admin, readiness);

  const users = createUsers(store.directory, clock);
  const groups = createGroups(store.directory, clock);
  const profiles = createProfiles(store.idp, clock, log);
  const scim = {
    users,
    groups,
    views: store.views,
    clock,
    profiles,
    readOptions: { adminRoleAnyCase: config.adminRoleAnyCase },
    publicUrl: config.publicUrl,
    eventUris: config.events === 'off' ? [] : eventUris(config.events),
  };
  const keys = createEventKeys(store.eventKeys, clock, config.eventsKey);
  const readResource = config.events === 'full' ? createReadResource(scim, SCIM_PREFIX) : undefined;
  const events = { store: store.events, keys, readResource, publicUrl: config.publicUrl };
  publicServer.register(
    (scope, _options, done) => {
      // A reader of the feed may read SCIM, too.
      registerScim(scope, { ...scim, authenticate: tokenFor('scim', 'feed') });
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
        events: config.events === 'off' ? undefined : events,
      });
      done();
    },
    { prefix: '/feed/v1' },
  );
  publicServer.register((scope, _options, done) => {
    if (config.events !== 'off') registerKeySet(scope, keys);
    done();
  });
  admin.register(
    (scope, _options, done) => {
      registerAdmin(scope, {
        authenticate: tokenFor('admin'),
        operators: operatorsOf(store, clock, config),
        sync: parts.sync,
      });
      done();
    },
    { prefix: '/admin/api' },
  );
  metrics.expose(admin);
  return {
    public: publicServer,
    admin,
    flush: async () => {
      if (await endsWithin(profiles.flush(), clock, FLUSH_MS)) return;
      log.error({ graceMs: FLUSH_MS }, 'could not store the last warnings about the IdP in time');
    },
  };
}

/** An escape in the URL that is not UTF-8: only the prefix tells whose error it is. */
function answerBadUrl({ url }: FastifyRequest, reply: FastifyReply): FastifyReply {
  const error = new BridgeError(
    'invalid_value',
    'The URL has a percent sign that begins no escape: write it as %25.',
  );
  return url.startsWith(`${SCIM_PREFIX}/`) ? sendScimError(reply, error) : sendProblem(reply, error);
}

/** Names by which operators reach the admin port. */
function adminNames({ adminHosts, adminHost, publicUrl }: Config): readonly string[] {
  const publicName = publicUrl === undefined ? [] : [new URL(publicUrl).hostname];
  return [...adminHosts, adminHost, ...publicName];
}

/** Who a token stands for, when it is of one of these kinds. */
async function holderOf(
  store: Store,
  text: string,
  kinds: readonly TokenKind[],
): Promise<TokenHolder | undefined> {
  for (const kind of kinds) {
    const token = await authenticate(store.access, text, kind);
    if (token === undefined) continue;
    const connection = await store.access.connection(token.connectionId);
    return connection && { ...connection, tokenId: token.id, kind };
  }
  return undefined;
}
