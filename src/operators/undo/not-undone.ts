/** What an undo leaves as it is, or what it cannot bring back as it was: a closed list of codes, and a sentence for each. */
import type { Subject } from '../../directory/subject.ts';

export const NOT_UNDONE = {
  not_done_yet:
    'The bridge has not done it in {target} yet, and the undo cannot take it back: it is held, a task, or about to be done. "holds reject" keeps access whose removal is held; change the rest in the IdP.',
  stated_since: 'The IdP has stated it again after the window: that is newer.',
  not_wanted_before:
    'The IdP did not want the person before the window either: an undo that begins earlier may bring them back.',
  deleted_by_idp:
    'The IdP has deleted it for good, and would not know what the bridge brings back: push it again from the IdP.',
  pushed_again: 'The IdP has deleted it, and pushed it again under another id since: it stays as it is.',
  address_taken: 'Another person has the address now: change one of the two in the IdP.',
  address_is_user_name:
    'The address is the userName, by which the IdP finds the person: change it back in the IdP.',
  account_keeps_address:
    'The person has an account under the other address, and only they can change the address of an account in {target}.',
  account_released:
    '{target} had the account before the window, and the bridge took it for the account of the person. It stays in {target} with its role and its groups of today, and no user of the IdP has it.',
  second_account:
    'The person had a second account in {target}, which the bridge removed. They get back the one that the IdP names: invite the other address in {target} if it is needed.',
  name_taken: 'Another group has the name now: rename one of the two in the IdP.',
  name_not_kept:
    'The change log has the full name and not its parts: change the name of the person back in the IdP.',
  account_unknown: 'No user is known for the account of {target}.',
  by_hand: 'It was changed by hand in {target}, which is not an operation of the bridge.',
  must_accept:
    'The person is out of {target}, and must accept a new invite before they have access, groups and role.',
  group_of_mode:
    'The person lost it with their access, and no IdP has pushed the group: add the person again in {target}.',
  new_group: '{target} gets a new group: permissions that the old group had are not given to it.',
} as const;

export type NotUndoneCode = keyof typeof NOT_UNDONE;

/** @param target its name */
export function whyNotUndone(code: NotUndoneCode, target: string): string {
  return NOT_UNDONE[code].replaceAll('{target}', target);
}

export interface NotUndone {
  readonly code: NotUndoneCode;
  /** Null: only Mode knows it. */
  readonly subject: Subject | null;
  /** The person or the group. */
  readonly name: string;
  /** Only of a membership. */
  readonly group: string | null;
  /** What of the person or the group. */
  readonly what: 'access' | 'role' | 'address' | 'name' | 'group' | 'group_name' | 'member';
}
