/** One bridge of a story: all parts of the real one, put together so that it can be killed or paused at any moment. */
import { createChain } from '../../src/audit/extend-chain.ts';
import { keepChain } from '../../src/audit/keep-chain.ts';
import { leaverObjectiveMsOf } from '../../src/app/leaver-objective.ts';
import { noticeSources } from '../../src/app/notice-sources.ts';
import { createServers } from '../../src/app/create-servers.ts';
import { openWorkspace } from '../../src/app/open-workspace.ts';
import type { ModeAccess } from '../../src/config/config.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { createToken } from '../../src/directory/access/tokens.ts';
import { defaultConnection, placeOf } from '../access.ts';
import { keepNotices } from '../../src/notices/keep-notices.ts';
import { createWebhook } from '../../src/notices/webhook.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { openStore, type Store } from '../../src/store/open-store.ts';
import { createWorker } from '../../src/worker/worker.ts';
import { TOKENS } from '../acceptance/boot.ts';
import { withMode } from '../with-mode.ts';
import { watchNotices, type Announced } from './announced.ts';
import { auditSigner } from './audit-key.ts';
import type { CarriedOut } from './carried-out.ts';
import { createLife, type Life } from './life.ts';
import type { VirtualClock } from './virtual-clock.ts';
import type { Random } from '../../src/random.ts';

const MINUTE_MS = 60_000;
/** What looks every second or two does so more rarely in a story: days pass in it. */
const SLOWER = 15;
const NOTIFY_SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

export interface BridgeOptions {
  readonly database: string;
  readonly mode: ModeAccess;
  readonly clock: VirtualClock;
  readonly random: Random;
  /** Settings beside those that a story needs, by their names in the environment. */
  readonly settings: Readonly<Record<string, string>>;
  /** Gets what Mode carried out. */
  readonly carriedOut: CarriedOut;
  /** Gets the notices that the bridge makes. */
  readonly announced: Announced[];
  readonly webhookUrl: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

export interface Request {
  readonly method: string;
  /** From the root on, e.g. /scim/v2/Users */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

export interface Bridge {
  readonly life: Life;
  readonly store: Store;
  /** @returns undefined when the bridge died before it answered */
  send(port: 'public' | 'admin', request: Request): Promise<Answer | undefined>;
  /** Ends as after SIGTERM. */
  stop(): Promise<void>;
  /** Ends at once: nothing that it was doing goes on. */
  kill(): Promise<void>;
}

export async function openBridge(options: BridgeOptions): Promise<Bridge> {
  const { database, mode, random, settings } = options;
  const life = createLife();
  const clock = mortalClock(options.clock, life);
  const log = createLogger(process.env['STORIES_LOG'] === undefined ? 'silent' : 'info');
  const read = readConfig({
    BRIDGE_DATABASE_URL: database,
    BRIDGE_SCIM_TOKEN: TOKENS.scim,
    BRIDGE_FEED_TOKEN: TOKENS.feed,
    BRIDGE_ADMIN_TOKEN: TOKENS.admin,
    BRIDGE_DRIFT: 'enforce',
    ...settings,
  });
  const opened = openStore(database, { random });
  const real = { ...opened, notices: watchNotices(opened.notices, options.announced) };
  await real.migrate();
  await defaultConnection(real, mode.workspace);
  for (const kind of ['scim', 'feed', 'admin'] as const) {
    const place = placeOf(kind, mode.workspace);
    const known = (await real.access.tokens()).some((token) => token.kind === kind);
    if (!known) await createToken(real.access, clock, { ...place, label: 'the story', text: TOKENS[kind] });
  }
  if (real.engine === 'sqlite') await real.provisioning.releaseAllWorkspaces();

  const store = mortalStore(real, life);
  const stopping = new AbortController();
  const { config, workspaces } = withMode(read, mode);
  const [spec] = workspaces;
  if (spec === undefined) throw new Error('A story has one workspace.');
  const parts = { store, clock, log, random };
  const { options: work, calls, target } = openWorkspace(spec, { ...parts, closing: stopping.signal });
  const watched = options.carriedOut.watch(target, life);
  const worker = createWorker({ ...work, target: life.bind(watched, 'waits') });
  const servers = createServers({
    ...parts,
    config,
    served: new Map([[spec.slug, { calls, sync: worker.sync }]]),
    stopping: stopping.signal,
  });
  await Promise.all([servers.public.ready(), servers.admin.ready()]);
  const isHolder = () => work.workspaceLease.fence !== undefined;
  const webhook = createWebhook({
    url: options.webhookUrl,
    secret: NOTIFY_SECRET,
    allowPrivate: true,
    clock,
  });
  const { slug: workspace } = spec;
  const slower = { ...clock, sleep: (ms: number, signal?: AbortSignal) => clock.sleep(ms * SLOWER, signal) };
  const chain = createChain({ workspace, store: store.audit, signer: auditSigner });
  const notifying = {
    ...{ workspace, target: 'Mode', store: store.notices, webhook: life.bind(webhook) },
    sources: noticeSources(store, workspace, leaverObjectiveMsOf(workspaces)(workspace), clock),
    outageMs: config.server.notifyOutageMinutes * MINUTE_MS,
    ...{ isHolder, clock: slower, random, log },
  };
  const working = Promise.all([
    worker.run(stopping.signal),
    keepChain({ chain, isHolder, clock: slower, log }, stopping.signal),
    keepNotices(notifying, stopping.signal),
  ]);

  let closed: Promise<void> | undefined;
  async function closeAll(): Promise<void> {
    await Promise.all([servers.public.close(), servers.admin.close()]);
    await Promise.all([target.close(), webhook.close()]);
    await real.close();
  }
  const close = () => (closed ??= closeAll());

  return {
    life,
    store: real,
    send: async (port, { method, path, headers, body }) => {
      const sent = servers[port].inject({
        method: method as 'GET',
        url: path,
        headers,
        ...(body === undefined ? {} : { payload: body }),
      });
      const died = Promise.withResolvers<undefined>();
      life.onDeath(() => {
        died.resolve(undefined);
      });
      const answer = await Promise.race([life.wait(sent), died.promise]);
      return answer && { status: answer.statusCode, headers: answer.headers, text: answer.payload };
    },
    stop: async () => {
      stopping.abort();
      await working;
      await servers.flush();
      await close();
    },
    kill: async () => {
      life.kill();
      stopping.abort();
      await close();
    },
  };
}

function mortalClock(clock: VirtualClock, life: Life): VirtualClock {
  return { ...clock, sleep: (ms, signal) => life.wait(clock.sleep(ms, signal)) };
}

/** Every port, and what of the store is no port as it is. */
function mortalStore(store: Store, life: Life): Store {
  const bound = Object.entries(store).map(([name, port]): [string, unknown] => {
    return [name, typeof port === 'object' ? life.bind(port as object) : port];
  });
  return Object.fromEntries(bound) as unknown as Store;
}
