/**
 * The world of a story: a simulated Mode, a database, one bridge or several on it, people who work in Mode, and the time
 * that all of them share.
 */
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';
import { createLogger } from '../../src/observability/logger.ts';
import type { Fault } from '../../src/sandbox/mode/behaviour/fault.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/mode/sandbox.ts';
import type { TaskAction } from '../../src/provisioning/plan/task.ts';
import type { Announced } from './announced.ts';
import { createCarriedOut, type CarriedOut } from './carried-out.ts';
import { startReceiver, type Receiver } from './receiver.ts';
import { openBridge, type Answer, type Bridge, type Request } from './bridge.ts';
import { httpUnderWay } from './http-under-way.ts';
import { doTasks } from './do-tasks.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';
import { systemRandom, type Random } from '../../src/random.ts';

const START = Date.UTC(2026, 0, 5, 9);
const WORKSPACE = 'acme';
const KEY = { token: 'sandbox', secret: 'sandbox' };
const INVITER = { token: 'inviter', secret: 'inviter' };
const SCIM_TOKEN = 'own-scim-token-of-the-story';
/** Turns of the event loop in which nothing is under way: then all has come to rest. */
const CALM_TURNS = 5;
const BUSY_TURNS = 200;
/** Of real time: what takes longer will never come to rest. */
const REST_DEADLINE_MS = 120_000;
/** A request is in the log by then: after a second, which may end a little late. */
const LOGGED_MS = 6_000;
/** Time passes while calls hang at the simulated Mode, once nothing else has happened for this many turns. */
const HANGING_TURNS = 100;
/** The bridge has given up a call that hangs by then. */
const GIVEN_UP_MS = 120_000;

export interface WorldOptions {
  /** Of an empty database. */
  readonly database: string;
  /** As PATCH /_sandbox/settings takes it. */
  readonly sandbox?: Readonly<Record<string, unknown>>;
  /** As PUT /_sandbox/state takes it. */
  readonly mode?: Parameters<Sandbox['control']['putState']>[0];
  readonly settings?: Readonly<Record<string, string>>;
  readonly bridges?: number;
}

export interface World {
  readonly clock: VirtualClock;
  readonly sandbox: Sandbox;
  readonly bridges: readonly Bridge[];
  readonly carriedOut: CarriedOut;
  /** All notices that bridges have made. */
  readonly announced: readonly Announced[];
  /** The webhook that gets them. */
  readonly receiver: Receiver;
  /** Sent to the first bridge that lives; one is started when none does. @returns undefined when it died meanwhile */
  send(port: 'public' | 'admin', request: Request): Promise<Answer | undefined>;
  pass(ms: number): Promise<void>;
  /** How many SCIM requests were sent, and how many of those the request log may lack because a bridge was killed. */
  scimRequests(): { readonly sent: number; readonly maybeLost: number };
  /** The bridge ends as after SIGTERM, and starts again. */
  restart(index: number): Promise<void>;
  kill(index: number): Promise<void>;
  /** All bridges start again with other settings, beside those of the world. */
  configure(settings: Readonly<Record<string, string>>): Promise<void>;
  /** Starts those that are dead. */
  revive(): Promise<void>;
  fault(fault: Fault): void;
  healthy(): void;
  /** A person does all open tasks, or only those of one action. @returns how many were done */
  doTasks(only?: TaskAction): Promise<number>;
  close(): Promise<void>;
}

export async function openWorld(options: WorldOptions): Promise<World> {
  const { database, settings = {} } = options;
  const random = countedRandom();
  const clock = createVirtualClock(START);
  const sandbox = await startSandbox({
    port: 0,
    workspace: WORKSPACE,
    mainKey: KEY,
    inviterKey: INVITER,
    scimToken: SCIM_TOKEN,
    clock,
    log: createLogger('silent'),
    settings: { auto_accept_seconds: -1, ...options.sandbox },
  });
  if (options.mode !== undefined) sandbox.control.putState(options.mode);
  const ownScim = { url: `${sandbox.url}/scim/v2`, token: SCIM_TOKEN };
  const mode = {
    ...{ baseUrl: sandbox.url, workspace: WORKSPACE, key: KEY, inviter: INVITER },
    ...(sandbox.control.settings().scim_enabled ? { ownScim } : {}),
  };
  /** The requests that each bridge got, and how long it has run. Its log has what it got a while ago. */
  const lives = new Map<Bridge, { ranMs: number; readonly sentAt: number[] }>();
  let [sent, maybeLost] = [0, 0];
  const carriedOut = createCarriedOut(clock);
  const announced: Announced[] = [];
  const receiver = await startReceiver();
  let others: Readonly<Record<string, string>> = {};
  const open = async () => {
    const bridge = await openBridge({
      ...{ database, mode, clock, random, settings: { ...settings, ...others } },
      ...{ carriedOut, announced, webhookUrl: receiver.url },
    });
    const life = { ranMs: 0, sentAt: [] as number[] };
    lives.set(bridge, life);
    bridge.life.onDeath(() => {
      maybeLost += life.sentAt.filter((at) => life.ranMs - at < LOGGED_MS).length;
    });
    return bridge;
  };
  const bridges: Bridge[] = [];
  for (let count = 0; count < (options.bridges ?? 1); count += 1) bridges.push(await open());

  let hangingUntil = 0;
  const hangs = () => sandbox.control.settings().faults.some((fault) => fault.connection === 'hang');
  const isHanging = () => hangs() || clock.monotonic() < hangingUntil;

  async function rest(): Promise<void> {
    const deadline = Date.now() + REST_DEADLINE_MS;
    let calm = 0;
    let waiting = 0;
    for (let turns = 0; calm < CALM_TURNS; turns += 1) {
      await Promise.all(bridges.map(({ life }) => life.calm()));
      await (turns > BUSY_TURNS ? delay(1) : turn());
      const busy = bridges.some(({ life }) => life.underWay > 0);
      const http = httpUnderWay() > 0;
      waiting = http && isHanging() ? waiting + 1 : 0;
      calm = (busy || http) && waiting < HANGING_TURNS ? 0 : calm + 1;
      if (Date.now() > deadline) {
        const calls = bridges.map(({ life }) => life.underWay).join(', ');
        throw new Error(`The story does not come to rest: ${httpUnderWay()} requests, ${calls} calls.`);
      }
    }
  }

  async function revive(): Promise<void> {
    for (const [index, bridge] of bridges.entries()) {
      if (bridge.life.alive) continue;
      await bridge.kill();
      bridges[index] = await open();
    }
  }

  async function restart(index: number): Promise<void> {
    const bridge = bridges[index];
    if (bridge === undefined) return;
    // What it waits for comes with time.
    const stopped = { yet: false };
    const stopping = bridge.stop().then(() => {
      stopped.yet = true;
    });
    while (!stopped.yet) await clock.pass(1_000, rest);
    await stopping;
    bridges[index] = await open();
  }

  return {
    clock,
    sandbox,
    bridges,
    carriedOut,
    announced,
    receiver,
    send: async (port, request) => {
      if (!bridges.some(({ life }) => life.alive)) await revive();
      const bridge = bridges.find(({ life }) => life.alive);
      const life = bridge && lives.get(bridge);
      if (request.path.startsWith('/scim/v2/')) {
        sent += 1;
        life?.sentAt.push(life.ranMs);
      }
      return bridge?.send(port, request);
    },
    pass: async (ms) => {
      const running = bridges.filter(({ life }) => life.alive && !life.paused);
      await clock.pass(ms, rest);
      for (const bridge of running) {
        const life = lives.get(bridge);
        if (life !== undefined && !bridge.life.paused) life.ranMs += ms;
      }
    },
    scimRequests: () => ({ sent, maybeLost }),
    restart,
    configure: async (next) => {
      others = next;
      for (const index of bridges.keys()) await restart(index);
    },
    kill: async (index) => {
      await bridges[index]?.kill();
    },
    revive,
    fault: (fault) => {
      sandbox.control.set({ faults: fault });
    },
    healthy: () => {
      if (hangs()) hangingUntil = clock.monotonic() + GIVEN_UP_MS;
      sandbox.control.set({ faults: [] });
    },
    doTasks: async (only) => {
      const bridge = bridges.find(({ life }) => life.alive);
      return bridge === undefined ? 0 : doTasks(bridge, sandbox, clock, only);
    },
    close: async () => {
      for (const bridge of bridges) await bridge.kill();
      await Promise.all([sandbox.close(), receiver.close()]);
    },
  };
}

/** The same ids in the same order each time, for all bridges of a world. */
function countedRandom(): Random {
  let count = 0;
  const id = () => {
    count += 1;
    return `00000000-0000-7000-8000-${count.toString(16).padStart(12, '0')}`;
  };
  return { ...systemRandom, fraction: () => 0.5, id };
}
