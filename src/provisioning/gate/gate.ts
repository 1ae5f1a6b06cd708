/**
 * Decides which operations of a plan may run, and which are held and why. Pure, and in the path of every operation,
 * because planners do not know who is protected, whether a connection is live, or how many removals there were.
 */
import type { ConnectionState } from '../../directory/access/connection.ts';
import type { ObservedMember } from '../model/observed.ts';
import type { Operation } from '../model/operation.ts';
import { isEmptyChange } from '../model/profile.ts';
import type { Plan } from '../plan/plan.ts';
import type { Policy } from '../plan/policy.ts';
import { reason, uniqueReasons, type Reason } from '../reason/reason.ts';
import { BREAKER_LIMITS, createBreaker, type KnownRemovals, type PassedRemoval } from './breaker.ts';
import { whyKept } from './never-lock-out.ts';
import { removalOf } from './removal.ts';

/** What the gate needs in addition to the plan and the policy. */
export interface Window {
  /** The state of the connection that owns the subject; `live` without an owner. */
  readonly connection: ConnectionState;
  /** Active admins on the target now; null for a group, whose operations cannot remove an admin. */
  readonly adminCount: number | null;
  /** Members and pending invites that the target has now; null when the policy has no limit of members. */
  readonly memberCount: number | null;
  readonly removals: KnownRemovals;
}

export interface Held {
  readonly operation: Operation;
  readonly reason: Reason;
}

export interface GatedPlan extends Plan {
  /** `operations` has only operations that may run. */
  readonly held: readonly Held[];
  /** True when operations are held until a person changes the connection's state. */
  readonly onHold: boolean;
  /** The removals among the operations that may run. */
  readonly removals: readonly PassedRemoval[];
}

export function gate(plan: Plan, policy: Policy, window: Window): GatedPlan {
  const { operations } = plan;
  if (window.connection !== 'live') {
    const why = reason(window.connection === 'shadow' ? 'connection_shadow' : 'connection_paused');
    const held = operations.map((operation) => ({ operation, reason: why }));
    return { ...plan, operations: [], held, onHold: held.length > 0, removals: [] };
  }
  const breaker = createBreaker(policy.breaker ?? BREAKER_LIMITS, window.removals);
  const passed = operations.map((operation): Passed => {
    const waits = whatWaits(operation, policy, window);
    if (waits !== null) return { waiting: waits };
    const kept = keep(operation, policy, window.adminCount);
    if (kept !== null) return kept;
    const removal = removalOf(operation);
    if (removal === null || hasLeft(operation, window.removals)) return { run: operation };
    const taken = breaker.take(removal);
    if (taken === 'rejected') return { held: { operation, reason: reason('removal_rejected') } };
    if ('passed' in taken) return { run: operation, removal: taken.passed };
    return { held: { operation, reason: reason('too_many_removals', { ...taken.excess }) } };
  });
  const delayed = passed.flatMap(({ waiting: why }) => why ?? []);
  // A held invite does not count as "not accepted".
  const isSent = !delayed.some(({ code }) => code === 'member_limit');
  const waiting = [...plan.waiting.filter(({ code }) => isSent || code !== 'invite_pending'), ...delayed];
  return {
    ...plan,
    operations: passed.flatMap(({ run }) => run ?? []),
    held: passed.flatMap(({ held }) => held ?? []),
    onHold: false,
    removals: passed.flatMap(({ removal }) => removal ?? []),
    waiting: uniqueReasons(waiting),
  };
}

interface Passed {
  readonly run?: Operation;
  readonly held?: Held;
  readonly removal?: PassedRemoval;
  /** Why the operation is not sent now, without needing a decision. */
  readonly waiting?: Reason;
}

function whatWaits(operation: Operation, { maxMembers = null }: Policy, window: Window): Reason | null {
  switch (operation.type) {
    case 'invite': {
      // An invite that is sent again needs no additional place.
      const isNew = operation.former?.state !== 'invited';
      const { memberCount } = window;
      if (!isNew || maxMembers === null || memberCount === null || memberCount < maxMembers) return null;
      return reason('member_limit', { limit: maxMembers });
    }
    case 'remove_group_member':
      // The member leaves the group together with the workspace. That removal is counted and held as one of a person.
      return window.removals.leaving.get(operation.accountId) === 'first' ? reason('members_leaving') : null;
    case 'remove_member':
    case 'set_admin':
    case 'update_profile':
    case 'create_group':
    case 'adopt_group':
    case 'rename_group':
    case 'delete_group':
    case 'add_group_member':
      return null;
  }
}

/** The last admin and protected people keep their membership, role and address. A new name is allowed. */
function keep(operation: Operation, policy: Policy, adminCount: number | null): Passed | null {
  if (operation.type === 'update_profile') {
    const { email, ...change } = operation.change;
    const why = email === undefined ? null : whyKept(operation.member, policy, adminCount, email);
    if (why === null) return null;
    const held = { operation, reason: why };
    return isEmptyChange(change) ? { held } : { run: { ...operation, change }, held };
  }
  const member = losingMember(operation);
  const why = member === null ? null : whyKept(member, policy, adminCount, null);
  return why === null ? null : { held: { operation, reason: why } };
}

/** A member who has left the workspace also leaves its groups. That is not counted as another removal. */
function hasLeft(operation: Operation, { leaving }: KnownRemovals): boolean {
  return operation.type === 'remove_group_member' && leaving.get(operation.accountId) === 'gone';
}

/** The account whose membership or role ends. */
function losingMember(operation: Operation): ObservedMember | null {
  if (operation.type === 'remove_member') return operation.member;
  return operation.type === 'set_admin' && !operation.admin ? operation.member : null;
}
