/** The running bridge: both ports, and a worker for each workspace. Two bridges in one process are independent. */
import { createSigner } from '../audit/checkpoint.ts';
import { createChain } from '../audit/extend-chain.ts';
import { keepChain } from '../audit/keep-chain.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import { settingName } from '../config/setting-name.ts';
import type { StartTokens } from '../directory/access/align-tokens.ts';
import { closeServer } from '../http/close-server.ts';
import { isLoopback } from '../http/host-check.ts';
import { listen } from '../http/listen.ts';
import { keepNotices } from '../notices/keep-notices.ts';
import type { Logger } from '../observability/logger.ts';
import { openStore, type Store } from '../store/open-store.ts';
import { createServers } from './create-servers.ts';
import { endsWithin, keepWorking } from './keep-working.ts';
import { leaverObjectiveMsOf } from './leaver-objective.ts';
import { openWorkspace, type WorkspaceSpec } from './open-workspace.ts';
import { noticeSources } from './notice-sources.ts';
import { webhookOf } from './webhook-of.ts';
import { prepareStore } from './prepare-store.ts';
import { accessBackOf, forgetUnusedJournals } from './access-back.ts';
import { keepPruning } from './keep-pruning.ts';
import { logOverdue, watchLeavers } from './watch-leavers.ts';
import type { Random } from '../random.ts';

const MINUTE_MS = 60_000;

export interface AppOptions {
  readonly config: Config;
  /** The configured workspaces, each with its Mode. */
  readonly workspaces: readonly WorkspaceSpec[];
  /** Mode is empty at every start, so what was known about it is deleted. */
  readonly forgetful: boolean;
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: Random;
}

export interface App {
  /** The URL of the port, e.g. http://127.0.0.1:8080 */
  readonly publicUrl: string;
  readonly adminUrl: string;
  /** The tokens of every workspace. */
  readonly tokens: readonly StartTokens[];
  /** Stops taking requests, lets the steps in progress finish, and closes everything. */
  close(): Promise<void>;
}

/** How long requests in progress may take when the bridge stops. */
const REQUESTS_GRACE_MS = 5_000;
/** How long the worker's steps in progress may take then. A call to Mode has 20 seconds. */
const WORK_GRACE_MS = 22_000;
const MAX_LOGGED_REQUESTS = 1_000_000;
/** After this time, a reactivation gives back only what the IdP did not take away. */
const WITHDRAWAL_DAYS = 90;
/** More than a year, so that a yearly audit finds everything. */
const LEAVER_DAYS = 400;

/**
 * @returns when both ports listen and the worker runs
 * @throws BridgeError invalid_config, unavailable, conflict; nothing listens or runs then
 */
export async function startApp(options: AppOptions): Promise<App> {
  const { clock, log } = options;
  const { file, server } = options.config;
  const stopping = new AbortController();
  const store = openStore(server.databaseUrl, { random: options.random });
  let parts: Parts | undefined;
  try {
    const tokens = await prepareStore(options, store);
    await forgetUnusedJournals(store, accessBackOf(options.config.workspaces));
    parts = createParts(options, store, stopping.signal);
    const { servers, opened, webhook } = parts;
    // The IdP's port comes last, when everything that serves its requests runs.
    const adminUrl = await listen(
      servers.admin,
      { host: server.adminHost, port: server.adminPort },
      { name: 'admin port', setting: settingName('adminPort', file) },
    );
    const publicUrl = await listen(
      servers.public,
      { host: server.host, port: server.port },
      { name: 'port of SCIM and feed', setting: settingName('port', file) },
    );
    if (server.publicUrl === undefined && !isLoopback(server.host)) {
      log.warn(
        { setting: settingName('publicUrl', file) },
        'URLs in responses follow the Host header of each request: set the URL at which the IdP reaches this port',
      );
    }
    const objectiveMsOf = leaverObjectiveMsOf(options.config.workspaces);
    const leavers = {
      store: store.leavers,
      workspaces: new Map(options.workspaces.map(({ slug }) => [slug, objectiveMsOf(slug)])),
      measured: servers.leaverVerified,
      overdue: logOverdue(log),
    };
    const working = Promise.all([
      watchLeavers({ ...leavers, clock, log }, stopping.signal),
      ...opened.map(({ keeper }) => keeper.run(stopping.signal)),
      ...opened.map(({ auditing }) => keepChain(auditing, stopping.signal)),
      ...opened.map(({ notifying }) => keepNotices(notifying, stopping.signal)),
      ...pruned(store, server.requestLogDays).map((what) =>
        keepPruning({ ...what, clock, log }, stopping.signal),
      ),
    ]);
    return {
      publicUrl,
      adminUrl,
      tokens,
      close: async () => {
        stopping.abort();
        await Promise.all([
          closeServer(servers.public, clock, REQUESTS_GRACE_MS),
          closeServer(servers.admin, clock, REQUESTS_GRACE_MS),
          endsWithin(working, clock, WORK_GRACE_MS).then((ended) => {
            if (!ended) log.error({ graceMs: WORK_GRACE_MS }, 'the workers are not waited for any longer');
          }),
        ]);
        await Promise.all([servers.flush(), webhook?.close(), ...opened.map(({ target }) => target.close())]);
        await store.close();
      },
    };
  } catch (error) {
    stopping.abort();
    await Promise.all([parts?.servers.public.close(), parts?.servers.admin.close()]);
    await Promise.all((parts?.opened ?? []).map(({ target }) => target.close()));
    await store.close();
    throw error;
  }
}

function pruned({ requests, withdrawals, leavers }: Store, requestLogDays: number) {
  return [
    {
      prune: (before: number, limit: number) => requests.prune(before, MAX_LOGGED_REQUESTS, limit),
      days: requestLogDays,
      problem: 'could not delete old requests from the request log',
    },
    {
      prune: withdrawals.prune,
      days: WITHDRAWAL_DAYS,
      problem: 'could not delete old entries of the journal of withdrawals',
    },
    {
      prune: leavers.prune,
      days: LEAVER_DAYS,
      problem: 'could not delete old leavers',
    },
  ];
}

type Parts = ReturnType<typeof createParts>;

/** Creates the servers and the workers. None of them runs yet. */
function createParts(options: AppOptions, store: Store, stopping: AbortSignal) {
  const { clock, log, workspaces } = options;
  const { auditKey, notifyOutageMinutes } = options.config.server;
  const webhook = webhookOf(options.config.server, clock)?.();
  const signer = auditKey === undefined ? undefined : createSigner(auditKey);
  const objectiveMsOf = leaverObjectiveMsOf(options.config.workspaces);
  const opened = workspaces.map((spec) => {
    const { worker, ...workspace } = openWorkspace(spec, { ...options, store, closing: stopping });
    const keeper = keepWorking(worker, clock, log.child({ workspace: spec.slug }));
    const { workspaceLease } = workspace.options;
    const isHolder = () => workspaceLease.fence !== undefined;
    const watching = { isHolder, clock, log: log.child({ workspace: spec.slug }) };
    const auditing = {
      chain: createChain({ workspace: spec.slug, store: store.audit, signer }),
      ...watching,
    };
    const notifying = {
      workspace: spec.slug,
      target: workspace.target.label,
      store: store.notices,
      sources: noticeSources(store, spec.slug, objectiveMsOf(spec.slug), clock),
      webhook,
      outageMs: notifyOutageMinutes * MINUTE_MS,
      random: options.random,
      ...watching,
    };
    return [spec.slug, { ...workspace, keeper, auditing, notifying, trouble: keeper.trouble }] as const;
  });
  const served = new Map(opened);
  const servers = createServers({ ...options, store, served, stopping });
  return { opened: [...served.values()], servers, webhook };
}
