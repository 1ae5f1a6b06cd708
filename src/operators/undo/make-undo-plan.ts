/**
 * Makes the plan of an undo: what it sets back in the directory, and what the bridge would then do in Mode that it would not
 * do otherwise. Nothing asks the target, and nothing is changed.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { Connection } from '../../directory/access/connection.ts';
import type { DirectoryStore } from '../../directory/directory-store.ts';
import { BridgeError } from '../../errors.ts';
import { comparePlans, identify } from '../../provisioning/dry-run/plan-id.ts';
import { countSteps, type PlannedStep } from '../../provisioning/dry-run/planned-step.ts';
import { removalsOf, type ApprovedRemoval } from '../../provisioning/dry-run/removals-of.ts';
import { nameOf } from '../../provisioning/plan/name-of.ts';
import { incompleteLog } from '../incomplete-log.ts';
import { makePlan, type OnProgress, type PlanReport, type PlanSources } from '../make-plan.ts';
import { asRead, asUndone, type FactsNow } from './as-undone.ts';
import { becauseOfUndo } from './because-of-undo.ts';
import { notAsItWas } from './not-as-it-was.ts';
import { notDoneYet } from './not-done-yet.ts';
import type { NotUndone } from './not-undone.ts';
import { pendingOperation, type TokenOf } from './pending.ts';
import { releasedAccounts, type ReleasedLink } from './released-accounts.ts';
import type { RestateUser } from './restate.ts';
import { restoredKey, type Restored } from './restored.ts';
import type { Reversal } from './reversal.ts';
import { reverse } from './reverse.ts';
import { membershipOf } from './known.ts';
import { createUndoLog, type UndoLog } from './undo-log.ts';
import type { UndoStore, UndoWindow } from './undo-store.ts';

/** More is no longer a mistake that one looks through: a smaller window has less. */
const MAX_RESTORED = 200_000;
const PAGE = 5_000;
const ID_LENGTH = 32;

/** The window as positions of the change log, and as times: milliseconds since the epoch. */
export interface UndoSpan {
  readonly window: UndoWindow;
  readonly from: number;
  readonly to: number;
}

export interface UndoPlan extends Pick<PlanReport, 'connection' | 'madeAt' | 'readAt' | 'calls' | 'seconds'> {
  /** The same for the same window, values and steps. */
  readonly id: string;
  readonly span: UndoSpan;
  readonly counts: PlanReport['counts'];
  readonly restored: readonly Restored[];
  readonly notUndone: readonly NotUndone[];
  /** What the bridge does in Mode because of the undo. */
  readonly steps: readonly PlannedStep[];
  /** What it would do without the undo, and does not do after it. */
  readonly noLonger: readonly PlannedStep[];
  /** Removals among the steps: whoever applies the plan approves them. */
  readonly removals: readonly ApprovedRemoval[];
  /** Links to accounts that people have only since the window. */
  readonly released: readonly ReleasedLink[];
  /** The name of the workspace's target. */
  readonly target: string;
  /** Of the change log: the plan has seen everything up to it. */
  readonly position: number;
}

export interface UndoSources extends PlanSources {
  readonly undo: UndoStore;
  readonly directory: Pick<DirectoryStore, 'user'>;
  readonly restateUser: RestateUser;
  readonly clock: Clock;
}

/** @throws BridgeError unavailable when the log lacks its beginning, or the target was never read; too_many */
export async function makeUndoPlan(
  sources: UndoSources,
  connection: Connection,
  span: UndoSpan,
  onProgress?: OnProgress,
): Promise<UndoPlan> {
  const { plans } = sources;
  const { workspace } = connection;
  const position = await plans.lastPosition(workspace);
  const log = await readLog(sources.undo, workspace, span, position);
  const facts = { people: await plans.dryRunPeople(workspace), groups: await plans.dryRunGroups(workspace) };
  const now = await makePlan({ ...sources, plans: asRead(plans, facts) }, connection, onProgress);
  const tokenOf = tokensOf(facts);
  for (const step of now.plan.steps) {
    const pending = pendingOperation(step, tokenOf);
    if (pending !== undefined) log.applyPending(pending);
  }
  const isOwn = isOwnOf(connection, facts);
  const { restored: values, notUndone: left } = await possible(sources, connection, reverse(log, isOwn));
  const released = releasedAccounts(log.accounts, values, facts);
  const restored = [...values, ...released.values];
  // A built-in group has its members by itself.
  const groupsOfMode = new Set(
    facts.groups.onTarget.flatMap(({ name, writable }) => (writable ? [name] : [])),
  );
  const notUndone = left.filter(
    ({ code, group }) => code !== 'group_of_mode' || groupsOfMode.has(group ?? ''),
  );
  if (restored.length > MAX_RESTORED)
    throw new BridgeError(
      'too_many',
      `The undo would set back more than ${MAX_RESTORED.toLocaleString('en')} values: choose a shorter window.`,
    );
  const undone = asUndone(plans, facts, restored, groupsOf(log));
  const after = await makePlan({ ...sources, plans: undone }, connection, onProgress);
  const { added, removed } = comparePlans(now.plan.steps, after.plan.steps);
  const { id: stepsId, steps } = identify(becauseOfUndo(added, restored, span));
  const { madeAt, readAt } = after.plan;
  const known = { restored, notUndone, added, steps: after.plan.steps };
  return {
    id: planId(connection, span, restored, stepsId),
    ...{ connection, span, madeAt, readAt, position, restored, steps, noLonger: removed },
    released: released.links,
    target: sources.labelOf(workspace),
    counts: countSteps(steps),
    ...after.costOf(steps),
    notUndone: [
      ...notUndone,
      ...notDoneYet(after.plan.steps, added, log, tokenOf),
      ...notAsItWas(known, log.accounts, facts, isOwn),
    ],
    removals: ownRemovals(steps, now.plan.steps, restored),
  };
}

async function readLog(
  store: UndoStore,
  workspace: string,
  span: UndoSpan,
  position: number,
): Promise<UndoLog> {
  const log = createUndoLog(span.window, span);
  for (let after = 0; after < position;) {
    const entries = await store.entries(workspace, { after, upTo: position, limit: PAGE });
    for (const entry of entries) log.apply(entry);
    after = entries.length < PAGE ? position : (entries.at(-1)?.change.position ?? position);
  }
  if (log.isWhole) return log;
  throw incompleteLog();
}

function isOwnOf({ id }: Connection, { people, groups }: FactsNow) {
  const all = [...people.users, ...groups.groups];
  const own = new Set(all.flatMap((each) => (each.connectionId === id ? [each.id] : [])));
  return (subject: { readonly id: string }) => own.has(subject.id);
}

/** Leaves out the addresses that no document of the user can state. */
async function possible(
  { directory, restateUser }: UndoSources,
  { workspace }: Connection,
  { restored, notUndone }: Reversal,
): Promise<Reversal> {
  const kept: Restored[] = [];
  const left: NotUndone[] = [];
  for (const value of restored) {
    const { what, subject, to, name } = value;
    const user = what === 'address' ? await directory.user(workspace, subject.id) : undefined;
    const email = String(to);
    if (user !== undefined && restateUser(user, { email }).email !== email)
      left.push({ code: 'address_is_user_name', subject, name, group: null, what: 'address' });
    else kept.push(value);
  }
  return { restored: kept, notUndone: [...notUndone, ...left] };
}

function groupsOf(log: UndoLog): (userId: string) => readonly string[] {
  let byUser: ReadonlyMap<string, readonly { readonly groupId: string }[]> | undefined;
  return (userId) => {
    byUser ??= Map.groupBy([...log.members.current.keys()].map(membershipOf), (member) => member.userId);
    return (byUser.get(userId) ?? []).map(({ groupId }) => groupId);
  };
}

function tokensOf({ people }: FactsNow): TokenOf {
  const tokens = new Map(people.members.map((member) => [nameOf(member), member.accountId ?? undefined]));
  return (name) => tokens.get(name);
}

/** Only those that the undo makes: what the IdP takes away by itself waits for the decision that it needs. */
function ownRemovals(
  steps: readonly PlannedStep[],
  without: readonly PlannedStep[],
  restored: readonly Restored[],
): readonly ApprovedRemoval[] {
  const keyOf = ({ subject, removal }: PlannedStep) => `${subject.id} ${removal?.key ?? ''}`;
  const known = new Set(without.map(keyOf));
  const subjects = new Set(restored.map(({ subject }) => subject.id));
  return removalsOf(steps.filter((step) => subjects.has(step.subject.id) && !known.has(keyOf(step))));
}

function planId(
  { id }: Connection,
  { window }: UndoSpan,
  restored: readonly Restored[],
  stepsId: string,
): string {
  const digest = createHash('sha256').update(JSON.stringify([id, window.after, window.upTo, stepsId]));
  for (const key of restored.map(restoredKey).sort()) digest.update(`\n${key}`);
  return digest.digest('hex').slice(0, ID_LENGTH);
}
