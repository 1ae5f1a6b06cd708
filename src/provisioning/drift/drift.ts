/**
 * The types of drift. Three states are compared: what the IdP wants, what we last wrote, and what the target has. Pure.
 */
import type { Subject } from '../../directory/subject.ts';
import type { ObservedGroup, ObservedGroupMember, ObservedMember } from '../model/observed.ts';
import type { Profile } from '../model/profile.ts';
import type { WorkspaceCapabilities } from '../plan/available-capabilities.ts';

export const DRIFT_CLASSES = [
  /** On the target, and not wanted: somebody added it there. */
  'added_in_mode',
  /** Wanted, and removed on the target. */
  'removed_in_mode',
  'role_changed',
  /** A group has another name, or a person another name or address, and the target lets the bridge change it. */
  'renamed',
  /** Wanted, and the target never showed it: the write was lost or failed. */
  'lost_call',
  /** On the target, and not pushed by an IdP. */
  'unmanaged',
  /** Not as wanted, and the gate holds the change, for example while the connection is paused. */
  'held',
  /** Not as wanted, and never written, because it belongs to the target's own SCIM or is built in. */
  'ignored',
] as const;
export type DriftClass = (typeof DRIFT_CLASSES)[number];

/** `enforce`: a job corrects it. `report`: it is only reported. */
export type DriftMode = 'report' | 'enforce';

export interface DriftItem {
  readonly class: DriftClass;
  readonly what: 'member' | 'group' | 'group_member';
  /** The subject whose job would correct it; null when no IdP has pushed it. */
  readonly subject: Subject | null;
  /** The e-mail of the person, or the name of the group. */
  readonly name: string;
  /** The group of a membership. */
  readonly group: string | null;
  readonly wants: string;
  /** Null when the bridge never wrote it. */
  readonly wrote: string | null;
  readonly has: string;
}

export interface WantedUser extends Profile {
  readonly id: string;
  /** Active and not deleted. */
  readonly wanted: boolean;
  readonly userName: string;
  readonly admin: boolean | null;
  readonly accountId: string | null;
  /** The key of the member whose account is this user's; null when there is none. */
  readonly accountKey: string | null;
  /** A read of the target once showed all of it as wanted. */
  readonly verified: boolean;
  /** A job is about to correct it. */
  readonly busy: boolean;
  /** A job exists, but may be parked or have failed too often. */
  readonly hasJob: boolean;
  /** The gate holds it. */
  readonly held: boolean;
}

export interface WantedGroup {
  readonly id: string;
  readonly wanted: boolean;
  readonly name: string;
  readonly targetGroupId: string | null;
  readonly verified: boolean;
  readonly busy: boolean;
  readonly hasJob: boolean;
  readonly held: boolean;
  readonly userIds: readonly string[];
}

/** The last value that the bridge wrote. */
export interface Written {
  readonly value: string;
  /** A later read of the target showed it. */
  readonly confirmed: boolean;
}

export interface DriftState {
  readonly users: readonly WantedUser[];
  readonly groups: readonly WantedGroup[];
  readonly members: readonly ObservedMember[];
  readonly groupsOnTarget: readonly ObservedGroup[];
  /** By token of the group. Groups whose members were never read are missing. */
  readonly groupMembers: ReadonlyMap<string, readonly ObservedGroupMember[]>;
  readonly written: WrittenThings;
  /** What the target cannot do is not drift. */
  readonly available: WorkspaceCapabilities;
}

export interface WrittenThings {
  /** @param keys a member's token, and `email:` with the address */
  member(keys: readonly string[]): Written | undefined;
  group(token: string): Written | undefined;
  groupMember(targetGroupId: string, accountId: string): Written | undefined;
}

/** Differences that no job corrects. */
const LEFT_ALONE: ReadonlySet<DriftClass> = new Set(['unmanaged', 'ignored', 'held']);

/** The subjects whose jobs would correct it. */
export function driftingSubjects(items: readonly DriftItem[]): readonly Subject[] {
  const repairable = items.filter((item) => !LEFT_ALONE.has(item.class));
  const byId = new Map(
    repairable.flatMap(({ subject }) => (subject === null ? [] : [[subject.id, subject]])),
  );
  return [...byId.values()];
}

export function countByClass(items: readonly DriftItem[]): Readonly<Record<DriftClass, number>> {
  const counts = Object.fromEntries(DRIFT_CLASSES.map((name) => [name, 0])) as Record<DriftClass, number>;
  for (const item of items) counts[item.class] += 1;
  return counts;
}
