/** Active accounts of the target that are no pushed user's: no plan touches them. Pure. */
import type { Matching } from '../matching/matching.ts';
import { memberKey } from '../model/observation.ts';
import { nameOf } from '../plan/name-of.ts';
import type { DryRunPeople } from './dry-run-facts.ts';

/** @returns their names, in order */
export function unmatchedAccounts({ users, members }: DryRunPeople, matching: Matching): readonly string[] {
  const pushed = new Set(
    users.flatMap(({ id, owned }) => {
      const { member } = matching.of(id);
      return owned && member !== null ? [memberKey(member)] : [];
    }),
  );
  return members
    .filter((member) => member.state === 'active' && !pushed.has(memberKey(member)))
    .map(nameOf)
    .sort();
}
