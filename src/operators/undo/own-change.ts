/**
 * Whether a change that a read of the target found is what an operation of the bridge did: its entry comes a moment later, when
 * the read falls between the target's answer and the entry. No I/O.
 */
import type { OperationSummary } from '../../directory/change.ts';
import { foldAddress } from '../../provisioning/model/fold-address.ts';
import type { NotUndone } from './not-undone.ts';

/** How long after the read the entry of an operation may come: longer than a call to the target may take. */
export const MAX_LATE_MS = 60_000;

type Value = string | boolean | null;

export interface FoundChange {
  readonly what: NotUndone['what'];
  /** The target's ids of the account and the group that it is about. */
  readonly memberToken: string | null;
  readonly groupToken: string | null;
  /** What it is now: a role, an address, a name, whether there is the membership, or the access or group (false). */
  readonly value: Value;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/**
 * @returns true: the operation did it; false: the operation did something else about the same value since; undefined: it is about
 * something else
 */
export function isDoneBy(
  found: FoundChange,
  { operation, memberToken, groupToken, changed }: OperationSummary,
  at: number,
): boolean | undefined {
  const isLate = at - found.at > MAX_LATE_MS;
  const isOfAccount = memberToken !== null && memberToken === found.memberToken;
  const isOfGroup = groupToken !== null && groupToken === found.groupToken;
  const same = (what: NotUndone['what'], isAbout: boolean, value: Value | undefined) =>
    found.what === what && isAbout ? !isLate && value === found.value : undefined;
  switch (operation) {
    case 'remove_member':
      // The groups of the account go with it.
      return isOfAccount && found.value === false && !isLate ? true : undefined;
    case 'delete_group':
      // Mode renames a group before it deletes it.
      return isOfGroup && (found.value === false || found.what === 'group_name') && !isLate
        ? true
        : undefined;
    case 'set_admin':
      return same('role', isOfAccount, changed['admin']?.to);
    case 'update_profile': {
      const to = changed['email']?.to;
      return same('address', isOfAccount, typeof to === 'string' ? foldAddress(to) : to);
    }
    case 'rename_group':
      return same('group_name', isOfGroup, changed['name']?.to);
    case 'add_group_member':
    case 'remove_group_member':
      return same('member', isOfAccount && isOfGroup, operation === 'add_group_member');
    default:
      return undefined;
  }
}
