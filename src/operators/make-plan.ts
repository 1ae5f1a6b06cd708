/**
 * Makes the plan of one connection from what the store knows: what would be done on the target now if the connection was
 * live. Nothing asks the target, and nothing is changed.
 */
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import type { Connection } from '../directory/access/connection.ts';
import type { Subject } from '../directory/subject.ts';
import { BridgeError } from '../errors.ts';
import type { CapabilityStore } from '../provisioning/capability/capability-book.ts';
import { countCalls } from '../provisioning/dry-run/count-calls.ts';
import type { DryRunGroups, DryRunPeople } from '../provisioning/dry-run/dry-run-facts.ts';
import type { DryRunRules } from '../provisioning/dry-run/dry-run-rules.ts';
import { imagineGroups } from '../provisioning/dry-run/imagined-groups.ts';
import { imaginePeople } from '../provisioning/dry-run/imagined-people.ts';
import { groupsToPlan, planGroups } from '../provisioning/dry-run/plan-groups.ts';
import { identify } from '../provisioning/dry-run/plan-id.ts';
import { planMembers, type AfterSteps } from '../provisioning/dry-run/plan-members.ts';
import { planPeople } from '../provisioning/dry-run/plan-people.ts';
import {
  countSteps,
  isTaken,
  type PlannedStep,
  type StepCounts,
} from '../provisioning/dry-run/planned-step.ts';
import { unmatchedAccounts } from '../provisioning/dry-run/unmatched-accounts.ts';
import type { DriftMode } from '../provisioning/drift/drift.ts';
import type { InvitePolicy } from '../provisioning/invite/invite.ts';
import type { Adoption } from '../provisioning/plan/adoption.ts';
import {
  meansFor,
  UNTRIED,
  type AvailableCapabilities,
} from '../provisioning/plan/available-capabilities.ts';
import type { ConnectionPolicy } from '../provisioning/plan/policy.ts';
import type { RememberedTask } from '../provisioning/plan/task.ts';
import type { DriftStore } from '../provisioning/ports/drift-store.ts';
import type { DryRunStore } from '../provisioning/ports/dry-run-store.ts';
import type { ObservedStore } from '../provisioning/ports/observed-store.ts';
import type { TargetFacts, TargetFactStore } from '../provisioning/ports/target-facts.ts';

/** What the configuration says about a workspace. */
export interface PlanningRules {
  readonly adoption: Adoption;
  readonly invites: InvitePolicy;
  readonly drift: DriftMode;
  /** By the name of the connection. */
  readonly policyOf: (connection: string) => ConnectionPolicy;
  /** Calls to the target a second; null: as many as the running bridge has found that it bears. */
  readonly callsPerSecond: number | null;
  /** When nothing is configured or found. */
  readonly fallbackCallsPerSecond: number;
}

export interface PlanReport {
  /** The same for the same steps. */
  readonly id: string;
  readonly connection: Connection;
  /** Milliseconds since the epoch. */
  readonly madeAt: number;
  /** When the target was last read: the plan is about what it had then. */
  readonly readAt: number;
  readonly counts: StepCounts;
  readonly steps: readonly PlannedStep[];
  /** Calls to the target that the steps need, and how long they take. */
  readonly calls: number;
  readonly seconds: number;
  /** Active accounts of the target that nobody has pushed: they stay as they are. */
  readonly unmatched: readonly string[];
  /** Groups of which the members must be read before the steps about them are certain. */
  readonly unreadGroups: readonly string[];
}

export interface PlanProgress {
  readonly phase: 'reading' | 'people' | 'group members';
  readonly done: number;
  readonly of: number;
}
export type OnProgress = (progress: PlanProgress) => void;

export interface PlanSources {
  readonly plans: DryRunStore;
  readonly provisioning: Pick<
    ObservedStore & TargetFactStore & DriftStore,
    'driftModes' | 'facts' | 'readTimes'
  >;
  readonly capabilities: CapabilityStore;
  readonly clock: Clock;
  readonly planningRules: (workspace: string) => PlanningRules;
}

/** A plan of a hundred thousand people takes seconds. */
const MAX_PLAN_MS = 10 * 60_000;
/** Groups whose members are read at once. */
const GROUPS_AT_ONCE = 50;

export interface MadePlan {
  readonly plan: PlanReport;
  /** Of the change log: the plan has seen everything up to it. */
  readonly position: number;
  /** Subjects of steps that no job waits for. */
  readonly withoutJob: readonly Subject[];
  /** Calls to the target that some steps need, and how long they take. */
  costOf(steps: readonly PlannedStep[]): Pick<PlanReport, 'calls' | 'seconds'>;
}

/**
 * @throws BridgeError unavailable when the target was never read, or the plan takes too long
 */
export async function makePlan(
  sources: PlanSources,
  connection: Connection,
  onProgress: OnProgress = () => undefined,
): Promise<MadePlan> {
  const { plans, clock } = sources;
  const { workspace } = connection;
  const endAt = clock.monotonic() + MAX_PLAN_MS;
  const turn = async (progress: PlanProgress) => {
    onProgress(progress);
    await setImmediate();
    if (clock.monotonic() > endAt)
      throw new BridgeError(
        'unavailable',
        'The plan took longer than 10 minutes and was given up: try again.',
      );
  };

  await turn({ phase: 'reading', done: 0, of: 1 });
  const readAt = await lastRead(sources, workspace);
  const position = await plans.lastPosition(workspace);
  const facts = await sources.provisioning.facts(workspace);
  const rules = await rulesOf(sources, connection, facts);
  const known = await plans.dryRunPeople(workspace);
  const groupFacts = await plans.dryRunGroups(workspace);
  await turn({ phase: 'reading', done: 1, of: 1 });

  const people = imaginePeople(known);
  const between = () => turn({ phase: 'people', done: 0, of: known.users.length });
  await between();
  const unmatched = await inTurns(unmatchedAccounts(known, people.matching), between);
  const ofPeople = await inTurns(planPeople(people, rules), (progress) =>
    turn({ phase: 'people', ...progress }),
  );
  const groups = imagineGroups(groupFacts);
  const ofGroups = await inTurns(planGroups(groups, rules), () =>
    turn({ phase: 'group members', done: 0, of: 1 }),
  );
  const after = { people, groups };
  const members = await memberSteps(sources, workspace, after, rules, turn);
  const { id, steps } = identify([...ofPeople, ...ofGroups, ...members.steps]);
  await between();
  const { membersInOneCall = 1 } = facts;
  const perSecond = rateOf(sources.planningRules(workspace), facts);
  const costOf = (some: readonly PlannedStep[]) => countCalls(some, { perSecond, membersInOneCall });
  const plan = {
    ...{ id, connection, madeAt: clock.now(), readAt, counts: countSteps(steps), steps },
    ...costOf(steps),
    ...{ unmatched, unreadGroups: members.unread },
  };
  return { plan, position, withoutJob: withoutJob(steps, known, groupFacts), costOf };
}

/** Subjects of steps that no job waits for. */
function withoutJob(
  steps: readonly PlannedStep[],
  { users }: DryRunPeople,
  { groups }: DryRunGroups,
): readonly Subject[] {
  const waiting = new Set([...users, ...groups].filter(({ hasJob }) => hasJob).map(({ id }) => id));
  const subjects = new Map(steps.filter(isTaken).map(({ subject }) => [subject.id, subject]));
  return [...subjects.values()].filter(({ id }) => !waiting.has(id));
}

/** @param turn awaited whenever the work yields */
async function inTurns<Progress, Result>(
  work: Generator<Progress, Result>,
  turn: (progress: Progress) => Promise<void>,
): Promise<Result> {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    await turn(step.value);
  }
}

async function lastRead({ provisioning }: PlanSources, workspace: string): Promise<number> {
  const { members, groups } = await provisioning.readTimes(workspace);
  if (members !== null && groups !== null) return Math.min(members, groups);
  throw new BridgeError('unavailable', 'Mode was never read: run the bridge, or "sync --once", first.');
}

async function rulesOf(
  { plans, provisioning, capabilities, clock, planningRules }: PlanSources,
  { id, name, workspace }: Connection,
  { protectedUsernames = [], ownsManaged = false, seatLimitReached = false }: Partial<TargetFacts>,
): Promise<DryRunRules> {
  const { adoption, invites, drift, policyOf } = planningRules(workspace);
  const now = clock.now();
  const routes = await capabilities.routes(workspace);
  const probe = await capabilities.probe(workspace);
  const tasksOf = await plans.rememberedTasks(workspace);
  const means = { ownsManaged, afreshAt: Math.min(probe?.afreshAt ?? 0, now), now };
  // Without any route Mode was never probed: everything may be tried.
  const meansOf = (tasks: readonly RememberedTask[]): AvailableCapabilities =>
    routes.length === 0
      ? { ...UNTRIED, ownsManaged, full: seatLimitReached }
      : { ...meansFor(routes, tasks, means), full: seatLimitReached };
  const usual = meansOf([]);
  const modes = await provisioning.driftModes(workspace, drift);
  return {
    connectionId: id,
    policy: { ...policyOf(name), protectedUsernames: new Set(protectedUsernames), adoption, invites },
    now,
    availableTo: (subject: Subject) => {
      const tasks = tasksOf(subject);
      return tasks.length === 0 ? usual : meansOf(tasks);
    },
    onlyWithJob: modes.some(({ connectionId, mode }) => connectionId === id && mode === 'report'),
  };
}

function rateOf(
  { callsPerSecond: configured, fallbackCallsPerSecond }: PlanningRules,
  { callsPerSecond }: Partial<TargetFacts>,
): number {
  return configured ?? callsPerSecond ?? fallbackCallsPerSecond;
}

/** The steps about members, group by group: nobody has all memberships in memory. */
async function memberSteps(
  { plans }: PlanSources,
  workspace: string,
  after: AfterSteps,
  rules: DryRunRules,
  turn: (progress: PlanProgress) => Promise<void>,
): Promise<{ readonly steps: readonly PlannedStep[]; readonly unread: readonly string[] }> {
  const own = groupsToPlan(after.groups, rules);
  const steps: PlannedStep[] = [];
  const unread: string[] = [];
  for (let from = 0; from < own.length; from += GROUPS_AT_ONCE) {
    const some = own.slice(from, from + GROUPS_AT_ONCE);
    const asked = some.map((group) => ({ id: group.id, targetGroupId: after.groups.tokenOnTarget(group) }));
    const members = await plans.dryRunMembers(workspace, asked);
    for (const [index, group] of some.entries()) {
      for (const step of planMembers(group, members, after, rules)) steps.push(step);
      if (members.unread.has(asked[index]?.targetGroupId ?? '')) unread.push(group.name);
    }
    await turn({ phase: 'group members', done: from + some.length, of: own.length });
  }
  return { steps, unread };
}
