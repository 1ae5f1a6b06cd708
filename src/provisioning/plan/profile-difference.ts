/** What of an account's profile the bridge would change: one rule for plans, for drift and for reads. Pure. */
import type { DesiredUser } from '../model/desired.ts';
import type { ObservedMember } from '../model/observed.ts';
import { diffProfile, type Profile, type ProfileChange } from '../model/profile.ts';
import type { WorkspaceCapabilities } from './available-capabilities.ts';

/**
 * Names and addresses belong to people's own accounts: they are changed where the target's own SCIM does it, for a user
 * whose account is linked, and are left to the people everywhere else.
 * @param link of the user, to any account
 */
export function profileDifference(
  wanted: Profile,
  link: Pick<DesiredUser, 'accountId'>,
  member: ObservedMember,
  { refused, ownsManaged }: WorkspaceCapabilities,
): ProfileChange {
  const linked = link.accountId !== null && link.accountId === member.accountId;
  const changeable = !refused.has('rename') && (ownsManaged || !member.managedElsewhere);
  return linked && changeable ? diffProfile(wanted, member) : {};
}
