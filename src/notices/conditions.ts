/** Finds the conditions of a workspace that need a person, from what is stored. Pure. */
import type { Hold } from '../provisioning/gate/hold.ts';
import type { Outage } from '../provisioning/job/outage.ts';
import type { Task } from '../provisioning/plan/task.ts';
import { sentences } from '../provisioning/reason/reason.ts';
import type { TroubledSubject } from './notice-store.ts';
import type { Condition } from './notice.ts';

/** A notice waits until nothing has been added for the first time, but at most for the second. */
const BURST_MS = 5_000;
const LONGEST_BURST_MS = 60_000;
const DAY_MS = 24 * 60 * 60_000;
const STAGES_MS = [14 * DAY_MS, 2 * DAY_MS, 0] as const;
/** The most names in a notice. The command that it points to shows all of them. */
const NAMED = 5;

/** A person whose access was not removed within the objective. */
export interface LateLeaver {
  readonly id: string;
  readonly name: string;
}

/** A token that is not revoked. */
export interface ExpiringToken {
  readonly id: string;
  /** What it opens and what it is for. */
  readonly name: string;
  readonly expiresAt: number;
}

export interface NoticeFacts {
  readonly now: number;
  /** The name of the target, for sentences. */
  readonly target: string;
  /** Holds without a decision. */
  readonly holds: readonly Hold[];
  /** Open tasks. */
  readonly tasks: readonly Task[];
  readonly trouble: readonly TroubledSubject[];
  readonly leavers: readonly LateLeaver[];
  readonly tokens: readonly ExpiringToken[];
  readonly outage: Outage | null;
  /** How long an outage lasts before there is a notice. */
  readonly outageMs: number;
}

export function conditionsOf(facts: NoticeFacts): readonly Condition[] {
  const { now, target, holds, tasks, trouble, leavers, tokens, outage } = facts;
  const byConnection = Map.groupBy(holds, ({ connection }) => connection);
  const ofHolds = [...byConnection].map(([connection, some]): Condition => ({
    topic: `holds ${connection}`,
    kind: 'holds',
    items: some.map(({ id }) => id),
    isSettled: isSettled(
      some.map(({ since }) => since),
      now,
    ),
    describe: (fresh) => ({
      text: `${fresh === 1 ? '1 removal' : `${fresh} removals`} of the connection ${connection} ${isOrAre(fresh)} held: ${names(some)}. Decide with "holds approve" or "holds reject".`,
      data: { connection, held: some.length, names: named(some) },
    }),
  }));
  return [
    ...ofHolds,
    {
      topic: 'tasks',
      kind: 'tasks',
      items: tasks.map(({ id }) => id),
      isSettled: isSettled(
        tasks.map(({ since }) => since),
        now,
      ),
      describe: (fresh) => ({
        text: `${fresh === 1 ? '1 task needs' : `${fresh} tasks need`} a person: ${names(tasks)}. "tasks list" has the steps.`,
        data: { open: tasks.length, names: named(tasks) },
      }),
    },
    {
      topic: 'trouble',
      kind: 'trouble',
      items: trouble.map(({ kind, id }) => `${kind} ${id}`),
      isSettled: true,
      describe: (fresh) => ({
        text: `${fresh === 1 ? '1 user or group has' : `${fresh} users or groups have`} been blocked or parked for more than an hour: ${names(trouble)}. "status" has the reasons.`,
        data: { count: trouble.length, names: named(trouble) },
      }),
    },
    {
      topic: 'leavers',
      kind: 'leavers',
      items: leavers.map(({ id }) => id),
      isSettled: true,
      describe: (fresh) => ({
        text: `${fresh === 1 ? '1 person who left still has' : `${fresh} people who left still have`} access, or no read of ${target} has shown the removal: ${names(leavers)}. "leavers" lists them.`,
        data: { count: leavers.length, names: named(leavers) },
      }),
    },
    ofTokens(tokens, now),
    ...(outage === null ? [] : ofOutage(outage, facts)),
  ];
}

/** One notice when a token has two weeks left, one when it has two days, and one when it has expired. */
function ofTokens(tokens: readonly ExpiringToken[], now: number): Condition {
  const stages = tokens.flatMap(({ id, expiresAt }) =>
    STAGES_MS.filter((stage) => expiresAt - now <= stage).map((stage) => `${id} ${stage}`),
  );
  const soon = tokens.filter(({ expiresAt }) => expiresAt - now <= STAGES_MS[0]);
  const times = soon.map(({ name, expiresAt }) => `${name}, ${new Date(expiresAt).toISOString()}`);
  return {
    topic: 'tokens',
    kind: 'tokens',
    items: stages,
    isSettled: true,
    describe: () => ({
      text: `Tokens that expire soon or have expired: ${times.slice(0, NAMED).join('; ')}. Make new ones with "tokens create", give them to the clients, and revoke the old ones.`,
      data: { tokens: soon.map(({ id }) => id) },
    }),
  };
}

function ofOutage(outage: Outage, { now, target, outageMs }: NoticeFacts): readonly Condition[] {
  const { since, reason } = outage;
  const isRefused = reason.code === 'target_unauthorized';
  if (!isRefused && now - since < outageMs) return [];
  const what = isRefused ? `${target} has refused the credentials of the bridge` : `${target} has failed`;
  return [
    {
      topic: isRefused ? 'credentials' : 'outage',
      kind: isRefused ? 'credentials' : 'outage',
      items: ['all'],
      isSettled: true,
      describe: () => ({
        text: `${what} since ${new Date(since).toISOString()}: ${sentences([reason]) ?? ''}`,
        data: { since: new Date(since).toISOString(), code: reason.code },
      }),
    },
  ];
}

function isOrAre(count: number): string {
  return count === 1 ? 'is' : 'are';
}

/** @param times when each of the items was added, in milliseconds since the epoch */
function isSettled(times: readonly number[], now: number): boolean {
  const [first, last] = [Math.min(...times), Math.max(...times)];
  // A clock that was set back must not delay a notice for ever.
  return now - last >= BURST_MS || now - first >= LONGEST_BURST_MS || now < first;
}

function named(some: readonly { readonly name: string }[]): readonly string[] {
  return [...new Set(some.map(({ name }) => name))].slice(0, NAMED);
}

function names(some: readonly { readonly name: string }[]): string {
  const shown = named(some);
  return `${shown.join(', ')}${some.length > shown.length ? ' and others' : ''}`;
}
