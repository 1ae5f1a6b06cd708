/** Active accounts of the target that are no pushed user's: no plan touches them. Pure. */
import type { Matching } from '../matching/matching.ts';
import { memberKey } from '../model/observation.ts';
import { nameOf } from '../plan/name-of.ts';
import type { DryRunPeople } from './dry-run-facts.ts';
import { SUBJECTS_IN_ONE_TURN } from './dry-run-rules.ts';

/**
 * @returns their names, in order
 * @yields after some users
 */
export function* unmatchedAccounts(
  { users, members }: DryRunPeople,
  matching: Matching,
): Generator<undefined, readonly string[]> {
  const pushed = new Set<string>();
  for (const [index, { id, owned }] of users.entries()) {
    const { member } = matching.of(id);
    if (owned && member !== null) pushed.add(memberKey(member));
    if (index % SUBJECTS_IN_ONE_TURN === 0) yield;
  }
  return members
    .filter((member) => member.state === 'active' && !pushed.has(memberKey(member)))
    .map(nameOf)
    .sort();
}
