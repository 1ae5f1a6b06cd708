/**
 * Makes the plan of one connection from the store: what would be done on the target now if the connection was live. It
 * does not ask the target, and changes nothing.
 */
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import type { Connection } from '../directory/access/connection.ts';
import type { Subject } from '../directory/subject.ts';
import { BridgeError } from '../errors.ts';
import type { CapabilityStore } from '../provisioning/capability/capability-book.ts';
import { countCalls } from '../provisioning/dry-run/count-calls.ts';
import type { DryRunRules } from '../provisioning/dry-run/dry-run-rules.ts';
import { imagineGroups } from '../provisioning/dry-run/imagined-groups.ts';
import { imaginePeople } from '../provisioning/dry-run/imagined-people.ts';
import { planGroups } from '../provisioning/dry-run/plan-groups.ts';
import { planIdOf } from '../provisioning/dry-run/plan-id.ts';
import { planPeople } from '../provisioning/dry-run/plan-people.ts';
import {
  countSteps,
  isTaken,
  type PlannedStep,
  type StepCounts,
} from '../provisioning/dry-run/planned-step.ts';
import { createStepPile, type Steps } from '../provisioning/dry-run/step-pile.ts';
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
import { neverRead } from './never-read.ts';
import { memberSteps } from './plan-member-steps.ts';

/** The settings of a workspace that a plan needs. */
export interface PlanningRules {
  readonly adoption: Adoption;
  readonly invites: InvitePolicy;
  readonly drift: DriftMode;
  /** By the name of the connection. */
  readonly policyOf: (connection: string) => ConnectionPolicy;
  /** Calls to the target per second; null: the rate that the running bridge has measured. */
  readonly callsPerSecond: number | null;
  /** The rate when none is configured or measured. */
  readonly fallbackCallsPerSecond: number;
}

export interface PlanReport<Found extends Iterable<PlannedStep> = Steps> {
  readonly id: string;
  readonly connection: Connection;
  /** Milliseconds since the epoch. */
  readonly madeAt: number;
  /** When the target was last read: the older of `reads`. The plan is based on that read. */
  readonly readAt: number;
  readonly reads: { readonly members: number; readonly groups: number };
  readonly counts: StepCounts;
  readonly steps: Found;
  /** Calls to the target that the steps need, and how long they take. */
  readonly calls: number;
  readonly seconds: number;
  /** Active accounts of the target that no IdP has pushed. They do not change. */
  readonly unmatched: readonly string[];
  /** Groups whose members must be read before their steps are certain. */
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
  readonly provisioning: Pick<ObservedStore, 'readTimes'> &
    Pick<TargetFactStore, 'facts'> &
    Pick<DriftStore, 'driftModes'>;
  readonly capabilities: CapabilityStore;
  /** The name of a workspace's target, for messages. */
  readonly labelOf: (workspace: string) => string;
  readonly clock: Clock;
  readonly planningRules: (workspace: string) => PlanningRules;
}

const MAX_PLAN_MS = 10 * 60_000;
const NOTHING_REJECTED: ReadonlySet<string> = new Set();

export interface MadePlan<Found extends Iterable<PlannedStep> = Steps> {
  readonly plan: PlanReport<Found>;
  /** The position in the change log up to which the plan has seen everything. */
  readonly position: number;
  /** Subjects of steps that no job waits for. */
  withoutJob(): readonly Subject[];
  /** Calls to the target that some steps need, and how long they take. */
  costOf(steps: Iterable<PlannedStep>): Pick<PlanReport, 'calls' | 'seconds'>;
}

/** With all steps in memory. @throws as of `makePackedPlan` */
export async function makePlan(
  ...of: Parameters<typeof makePackedPlan>
): Promise<MadePlan<readonly PlannedStep[]>> {
  const made = await makePackedPlan(...of);
  return { ...made, plan: { ...made.plan, steps: [...made.plan.steps] } };
}

/** @throws BridgeError unavailable when the target was never read, or the plan takes too long */
export async function makePackedPlan(
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
        'The plan took longer than 10 minutes and was stopped: try again.',
      );
  };

  await turn({ phase: 'reading', done: 0, of: 1 });
  const reads = await lastReads(sources, workspace);
  const readAt = Math.min(reads.members, reads.groups);
  const position = await plans.lastPosition(workspace);
  const facts = await sources.provisioning.facts(workspace);
  const rules = await rulesOf(sources, connection, facts);
  const { people, groupFacts, withJob, unmatched } = await readFacts(plans, workspace, turn);
  const pile = createStepPile();
  await inTurns(planPeople(people, rules), ({ steps: found, ...progress }) => {
    pile.add(found);
    return turn({ phase: 'people', ...progress });
  });
  const groups = imagineGroups(groupFacts);
  pile.add(await inTurns(planGroups(groups, rules), () => turn({ phase: 'group members', done: 0, of: 1 })));
  const memberPlan = { workspace, after: { people, groups }, rules, take: pile.add };
  const unreadGroups = await memberSteps(plans, memberPlan, (done, of) =>
    turn({ phase: 'group members', done, of }),
  );
  const steps = pile.sorted();
  await turn({ phase: 'group members', done: 1, of: 1 });
  const { membersInOneCall = 1 } = facts;
  const perSecond = rateOf(sources.planningRules(workspace), facts);
  const costOf = (some: Iterable<PlannedStep>) => countCalls(some, { perSecond, membersInOneCall });
  const plan = {
    ...{ id: planIdOf(steps), connection, madeAt: clock.now(), readAt, reads },
    ...{ counts: countSteps(steps), steps },
    ...costOf(steps),
    ...{ unmatched, unreadGroups },
  };
  return { plan, position, withoutJob: () => withoutJob(steps, withJob), costOf };
}

/** The people as they were read are not kept: their simulated states replace them. */
async function readFacts(
  plans: DryRunStore,
  workspace: string,
  turn: (progress: PlanProgress) => Promise<void>,
) {
  const known = await plans.dryRunPeople(workspace);
  const groupFacts = await plans.dryRunGroups(workspace);
  await turn({ phase: 'reading', done: 1, of: 1 });
  const withJob = new Set<string>();
  for (const some of [known.users, groupFacts.groups])
    for (const { id, hasJob } of some) if (hasJob) withJob.add(id);
  const people = imaginePeople(known);
  const between = () => turn({ phase: 'people', done: 0, of: 1 });
  await between();
  const unmatched = await inTurns(unmatchedAccounts(known, people.matching), between);
  return { people, groupFacts, withJob, unmatched };
}

/** Subjects of steps that no job waits for. */
function withoutJob(steps: Iterable<PlannedStep>, withJob: ReadonlySet<string>): readonly Subject[] {
  const subjects = new Map<string, Subject>();
  for (const step of steps) if (isTaken(step)) subjects.set(step.subject.id, step.subject);
  return [...subjects.values()].filter(({ id }) => !withJob.has(id));
}

/** @param turn awaited between parts of the work, so that other work can run */
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

async function lastReads(
  { provisioning, labelOf }: PlanSources,
  workspace: string,
): Promise<PlanReport['reads']> {
  const { members, groups } = await provisioning.readTimes(workspace);
  if (members !== null && groups !== null) return { members, groups };
  throw neverRead(labelOf(workspace));
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
  const rejected = await plans.rejectedRemovals(workspace);
  const means = { ownsManaged, afreshAt: Math.min(probe?.afreshAt ?? 0, now), now };
  // Without routes, the target was never probed: everything may be tried.
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
    rejectedOf: ({ id: subjectId }) => rejected.get(subjectId) ?? NOTHING_REJECTED,
    onlyWithJob: modes.some(({ connectionId, mode }) => connectionId === id && mode === 'report'),
  };
}

function rateOf(
  { callsPerSecond: configured, fallbackCallsPerSecond }: PlanningRules,
  { callsPerSecond }: Partial<TargetFacts>,
): number {
  return configured ?? callsPerSecond ?? fallbackCallsPerSecond;
}
