/**
 * The last word before anything is carried out: which operations of a plan may run, and which are held and why. Pure,
 * and in the path of every operation: planners do not know who is protected or whether a connection is live.
 */
import type { ConnectionState } from '../../directory/access/connection.ts';
import type { ObservedMember } from '../model/observed.ts';
import type { Operation } from '../model/operation.ts';
import { isEmptyChange } from '../model/profile.ts';
import type { Plan } from '../plan/plan.ts';
import type { Policy } from '../plan/policy.ts';
import { nameOf } from '../plan/name-of.ts';
import { reason, type Reason } from '../reason/reason.ts';

export interface Held {
  readonly operation: Operation;
  readonly reason: Reason;
}

export interface GatedPlan extends Plan {
  /** `operations` has only those that may run. */
  readonly held: readonly Held[];
  /** True when what is held waits for a person to change the connection's state. */
  readonly onHold: boolean;
}

/** @param connection the state of the connection that owns the subject; `live` when nobody owns it */
export function gate(plan: Plan, policy: Policy, connection: ConnectionState): GatedPlan {
  const { operations } = plan;
  if (connection !== 'live') {
    const why = reason(connection === 'shadow' ? 'connection_shadow' : 'connection_paused');
    const held = operations.map((operation) => ({ operation, reason: why }));
    return { ...plan, operations: [], held, onHold: held.length > 0 };
  }
  const passed = operations.map((operation) => passProtected(operation, policy));
  return {
    ...plan,
    operations: passed.flatMap(({ run }) => run ?? []),
    held: passed.flatMap(({ held }) => held ?? []),
    onHold: false,
  };
}

interface Passed {
  readonly run?: Operation;
  readonly held?: Held;
}

/** A protected account keeps its membership, its role and its address. */
function passProtected(operation: Operation, policy: Policy): Passed {
  switch (operation.type) {
    case 'remove_member':
      return isProtected(operation.member, policy) ? keep(operation) : { run: operation };
    case 'set_admin':
      return !operation.admin && isProtected(operation.member, policy) ? keep(operation) : { run: operation };
    case 'update_profile': {
      const { member } = operation;
      const { email, ...change } = operation.change;
      if (email === undefined || !isProtected(member, policy)) return { run: operation };
      const why = reason('address_of_protected_account', { account: nameOf(member), email });
      const held = { operation, reason: why };
      return isEmptyChange(change) ? { held } : { run: { ...operation, change }, held };
    }
    case 'invite':
    case 'create_group':
    case 'adopt_group':
    case 'rename_group':
    case 'delete_group':
    case 'add_group_member':
    case 'remove_group_member':
      return { run: operation };
  }
}

function keep(operation: Operation & { readonly member: ObservedMember }): Passed {
  const why = reason('protected_account', { account: nameOf(operation.member) });
  return { held: { operation, reason: why } };
}

function isProtected({ username }: ObservedMember, policy: Policy): boolean {
  return username !== null && policy.protectedUsernames.has(username);
}
