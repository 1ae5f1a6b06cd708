/**
 * A worker between a real store and a simulated Mode, with a clock that tests move (hurried-clock.ts).
 */
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import type { Connection } from '../../src/directory/access/connection.ts';
import { createGroups } from '../../src/directory/group/groups.ts';
import { createUsers } from '../../src/directory/user/users.ts';
import { INVITE_POLICY } from '../../src/provisioning/invite/invite.ts';
import type { Target } from '../../src/provisioning/ports/target.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/mode/sandbox.ts';
import { openModeTarget } from '../../src/targets/mode/mode-target.ts';
import { createWorkspaceLease } from '../../src/worker/workspace-lease.ts';
import { workContext, type WorkerOptions } from '../../src/worker/make-work-context.ts';
import { createWorker } from '../../src/worker/worker.ts';
import type { EngineName } from '../databases.ts';
import { freshStore } from '../stores.ts';
import { systemClock } from '../../src/clock.ts';
import { hurriedClock } from './hurried-clock.ts';
import { systemRandom } from '../../src/random.ts';

export const W = 'acme';
export const okta: Connection = { id: 'okta', workspace: W, name: 'okta', state: 'live' };
const key = { token: 'sandbox', secret: 'sandbox' };
const inviter = { token: 'inviter', secret: 'inviter' };
const SCIM_TOKEN = 'token-of-own-scim';
const silent = pino({ level: 'silent' });
const LOOK_MS = 5;
const DEADLINE_MS = 20_000;

export interface StageOptions {
  readonly engine?: EngineName;
  readonly settings?: unknown;
  /** As PUT /_sandbox/state takes it. */
  readonly mode?: Parameters<Sandbox['control']['putState']>[0];
  readonly target?: (real: Target) => Target;
  readonly options?: Partial<WorkerOptions>;
  /** The bridge has the token of Mode's own SCIM. */
  readonly ownScim?: boolean;
  /** The bridge keeps the workspace when the test advances the clock. */
  readonly keepsLease?: boolean;
}

export async function openStage(given: StageOptions = {}) {
  const clock = hurriedClock();
  const store = await freshStore(given.engine ?? 'sqlite');
  const sandbox = await startSandbox({
    port: 0,
    workspace: W,
    mainKey: key,
    inviterKey: inviter,
    scimToken: SCIM_TOKEN,
    clock,
    log: silent,
    ...(given.settings === undefined ? {} : { settings: given.settings }),
  });
  if (given.mode !== undefined) sandbox.control.putState(given.mode);
  const real = openModeTarget({
    baseUrl: sandbox.url,
    workspace: W,
    key,
    inviter,
    clock,
    random: systemRandom,
    requestsPerSecond: 1_000,
    ...(given.ownScim === true ? { ownScim: { url: `${sandbox.url}/scim/v2`, token: SCIM_TOKEN } } : {}),
    capabilities: store.capabilities,
  });
  const workspaceLease = createWorkspaceLease({
    workspace: W,
    holder: 'here',
    store: store.provisioning,
    clock: given.keepsLease === true ? systemClock : clock,
    log: silent,
  });
  const options: WorkerOptions = {
    workspace: W,
    store: store.provisioning,
    directory: store.directory,
    target: given.target?.(real) ?? real,
    tasks: store.tasks,
    requests: store.capabilities,
    workspaceLease,
    clock,
    random: { ...systemRandom, fraction: () => 0.5 },
    adoption: 'auto',
    drift: 'enforce',
    invites: INVITE_POLICY,
    policyOf: () => ({}),
    feed: { permissions: false, activity: false },
    log: silent,
    ...given.options,
  };
  const stopping = new AbortController();
  const worker = createWorker(options);
  let working: Promise<void> | undefined;
  onTestFinished(async () => {
    stopping.abort();
    await working;
    await real.close();
    await sandbox.close();
  });
  return {
    store,
    sandbox,
    clock,
    worker,
    context: workContext(options),
    users: createUsers(store.directory, clock),
    groups: createGroups(store.directory, clock),
    start: () => {
      working ??= worker.run(stopping.signal);
    },
    stop: async () => {
      stopping.abort();
      await working;
    },
    advance: clock.advance,
    jump: clock.jump,
    /** Every job is done, and another look finds none. */
    quiet: async () => {
      await until(async () => {
        const { jobs } = await store.status.status(W, 0);
        return jobs.waiting + jobs.verifying === 0;
      });
    },
  };
}

export type Stage = Awaited<ReturnType<typeof openStage>>;

/** Waits until it is so, at most for a while. */
export async function until(check: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error('It did not become so in time.');
    await delay(LOOK_MS);
  }
}

export function draft(email: string, more: { readonly active?: boolean; readonly admin?: boolean } = {}) {
  return {
    userName: email,
    externalId: null,
    active: more.active ?? true,
    email,
    emails: [{ value: email, type: 'work', primary: true }],
    fullName: null,
    admin: more.admin ?? null,
    document: JSON.stringify({ userName: email }),
  };
}

export function groupDraft(displayName: string) {
  return { displayName, externalId: null, document: JSON.stringify({ displayName }) };
}

/** How often Mode was asked, by method and route. */
export function callsOf(stage: Stage): Record<string, number> {
  return stage.sandbox.control.counts().by_route;
}
