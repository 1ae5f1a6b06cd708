/** The changes of an account's profile that the bridge would make: one rule for plans, drift and reads. Pure. */
import type { DesiredUser } from '../model/desired.ts';
import type { ObservedMember } from '../model/observed.ts';
import { diffProfile, type Profile, type ProfileChange } from '../model/profile.ts';
import type { WorkspaceCapabilities } from './available-capabilities.ts';

/**
 * Names and addresses are changed only through the target's own SCIM, and only for a user whose account is linked.
 * Otherwise only the people change them. @param link the user's link, to any account
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
