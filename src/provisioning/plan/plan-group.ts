/** Plans one group and its members on the target. */
import type { DesiredGroup, DesiredMember } from '../model/desired.ts';
import type { ObservedGroup, ObservedGroupMember } from '../model/observed.ts';
import type { Operation } from '../model/operation.ts';
import { reason, type Reason } from '../reason/reason.ts';
import { whyNotAdopted } from './adoption.ts';
import { isDecided, whyDomainRefused } from './allowed-domain.ts';
import type { Plan } from './plan.ts';
import type { Policy } from './policy.ts';

export interface GroupState {
  readonly desired: DesiredGroup;
  /** The linked group, if the target still has it. */
  readonly linked: ObservedGroup | undefined;
  /** The target's groups with exactly the wanted name. */
  readonly named: readonly ObservedGroup[];
  /** Members of the group that this plan is about (`groupOnTarget`). */
  readonly members: readonly ObservedGroupMember[];
  /** When the members were read; null when they must be read again first. Milliseconds since the epoch. */
  readonly membersReadAt: number | null;
  /** A read still shows the group or members after the bridge removed them. */
  readonly stillListed: boolean;
  /** The target's groups whose link to the group an operator dropped. */
  readonly refusedLinks: ReadonlySet<string>;
}

/** The group of the target for a pushed group: the linked one, else the only one with exactly this name. */
export function groupOnTarget({
  linked,
  named,
}: Pick<GroupState, 'linked' | 'named'>): ObservedGroup | undefined {
  return linked ?? (named.length === 1 ? named[0] : undefined);
}

/**
 * Plans for one group. Pure. A created or adopted group gets its members in the next pass, when its id is known. People
 * who are not active on the target yet are added when they are. No member is removed because a read of the workspace's
 * members lacked them.
 */
export function planGroup(state: GroupState, policy: Policy): Plan {
  const { desired } = state;
  if (!desired.owned) return nothing(desired.targetGroupId);
  if (!desired.wanted) return planUnwanted(state);
  return planWanted({ ...state, desired: withoutUnlinked(desired, policy) }, policy);
}

function planWanted(state: GroupState, policy: Policy): Plan {
  const { desired, linked, named } = state;
  if (desired.conflictingGroup !== null && linked === undefined)
    return stuck(reason('same_group', { group: desired.conflictingGroup.displayName }));
  if (linked === undefined && named.length > 1)
    return stuck(reason('several_groups', { count: named.length, group: desired.name }));
  const group = groupOnTarget(state);
  if (group === undefined) return doing({ type: 'create_group', name: desired.name }, null);
  if (!group.writable) return stuck(reason('fixed_group', { group: group.name }));
  const objection = whyNotAdopted(
    { token: group.token, linked: desired.targetGroupId, ours: false, refused: state.refusedLinks },
    policy.adoption,
  );
  if (objection !== null) {
    const code = objection === 'link dropped' ? 'group_link_dropped' : 'group_not_adopted';
    return stuck(reason(code, { group: desired.name }));
  }
  if (desired.targetGroupId !== group.token)
    return doing({ type: 'adopt_group', targetGroupId: group.token, name: group.name }, group.token);
  const rename = planRename(state, group);
  return {
    operations: [...rename.operations, ...memberOperations(group.token, desired, state.members)],
    link: group.token,
    blocked: rename.blocked,
    waiting: desired.members.some((member) => !member.active) ? [reason('members_pending')] : [],
  };
}

function planUnwanted({ desired, linked }: GroupState): Plan {
  if (linked === undefined || desired.conflictingGroup !== null) return nothing(null);
  const { token, name } = linked;
  if (!linked.writable) return { ...nothing(token), blocked: [reason('managed_group', { group: name })] };
  return doing({ type: 'delete_group', targetGroupId: token, name }, token);
}

function planRename(
  { desired, named }: GroupState,
  { token, name: from }: ObservedGroup,
): Pick<Plan, 'operations' | 'blocked'> {
  const { name } = desired;
  if (from === name) return { operations: [], blocked: [] };
  if (named.some((other) => other.token !== token))
    return { operations: [], blocked: [reason('group_name_taken', { group: name })] };
  return { operations: [{ type: 'rename_group', targetGroupId: token, name, from }], blocked: [] };
}

/** Removals first, so that a person who is removed and added again ends as a member. */
function memberOperations(
  targetGroupId: string,
  desired: DesiredGroup,
  observed: readonly ObservedGroupMember[],
): Operation[] {
  const keep = new Set(desired.members.map((member) => member.accountId));
  const present = new Set(observed.map((member) => member.accountId));
  const removals = observed
    .filter((member) => !keep.has(member.accountId))
    .map(({ accountId, groupMembershipId }): Operation => {
      return { type: 'remove_group_member', targetGroupId, accountId, groupMembershipId };
    });
  const missing = new Set(
    desired.members
      .filter((member) => member.active)
      .flatMap((member) => member.accountId ?? [])
      .filter((accountId) => !present.has(accountId)),
  );
  const additions = [...missing].map((accountId): Operation => ({
    type: 'add_group_member',
    targetGroupId,
    accountId,
  }));
  return [...removals, ...additions];
}

/** An account that matches only by its address, and that is not adopted, is not added to the group. */
function withoutUnlinked(desired: DesiredGroup, policy: Policy): DesiredGroup {
  const members = desired.members.map((member): DesiredMember => {
    const { linked, linkOrigin = null, email } = member;
    if (linked === false && policy.adoption === 'off') return { ...member, accountId: null, active: false };
    if (isDecided(linkOrigin)) return member;
    return email != null && whyDomainRefused(email, policy) !== null ? { ...member, active: false } : member;
  });
  return { ...desired, members };
}

function doing(operation: Operation, link: string | null): Plan {
  return { ...nothing(link), operations: [operation] };
}

function nothing(link: string | null): Plan {
  return { operations: [], link, blocked: [], waiting: [] };
}

function stuck(why: Reason): Plan {
  return { ...nothing(null), blocked: [why] };
}
