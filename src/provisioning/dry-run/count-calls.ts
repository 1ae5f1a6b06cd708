/** How many calls to the target the steps of a plan need, and how long they take. Pure. */
import type { PlannedStep } from './planned-step.ts';

export interface CallRate {
  /** Calls a second. */
  readonly perSecond: number;
  /** Members of a group that go in one call; 1: each needs a call of its own. */
  readonly membersInOneCall: number;
}

/** Steps of every kind that is not named here send nothing. A group is renamed before it is deleted. */
const CALLS = {
  remove: 1,
  set_role: 1,
  delete_group: 2,
  rename_group: 1,
  invite: 1,
  create_group: 1,
  update_profile: 1,
} as const satisfies Partial<Record<PlannedStep['kind'], number>>;

/** @returns whole calls and whole seconds; reads are not counted */
export function countCalls(
  steps: Iterable<PlannedStep>,
  { perSecond, membersInOneCall }: CallRate,
): { readonly calls: number; readonly seconds: number } {
  let calls = 0;
  const members = new Map<string, number>();
  for (const { kind, subject } of steps) {
    if (kind === 'add_member' || kind === 'remove_member')
      members.set(subject.id, (members.get(subject.id) ?? 0) + 1);
    else calls += kind in CALLS ? CALLS[kind as keyof typeof CALLS] : 0;
  }
  for (const count of members.values()) calls += Math.ceil(count / membersInOneCall);
  return { calls, seconds: Math.ceil(calls / perSecond) };
}
