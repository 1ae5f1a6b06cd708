/** Decides what makes one group and its members right on Mode. */
import { whyNotAdopted, type Adoption } from './adoption.ts';
import type { DesiredGroup } from './desired.ts';
import type { ObservedGroup, ObservedGroupMember } from './observed.ts';
import type { Operation } from './operation.ts';
import type { Plan } from './plan.ts';

export interface GroupState {
  readonly desired: DesiredGroup;
  /** The linked Mode group, when Mode still has it. */
  readonly linked: ObservedGroup | undefined;
  /** Mode's groups with exactly the wanted name. */
  readonly named: readonly ObservedGroup[];
  /** Members of the group this plan is about: the linked one, else the only one with the name. */
  readonly members: readonly ObservedGroupMember[];
  /** Mode's groups that people do not want the group to be linked to. */
  readonly refusedLinks?: ReadonlySet<string>;
  /** `auto` when absent. */
  readonly adoption?: Adoption | undefined;
}

/**
 * The Mode group that a pushed group stands for: the linked one, else the only one of that name.
 * Mode's group of another name is never guessed.
 */
export function groupOnMode(
  linked: ObservedGroup | undefined,
  named: readonly ObservedGroup[],
): ObservedGroup | undefined {
  return linked ?? (named.length === 1 ? named[0] : undefined);
}

/**
 * Plans for one group. Pure. A created or adopted group gets its members in the next round, when its token is known.
 * People who are not active on Mode yet are added when they are; nobody is taken out because a read of Mode's
 * members missed them.
 */
export function planGroup(state: GroupState): Plan {
  if (!state.desired.owned) return nothing(state.desired.groupToken);
  return state.desired.wanted ? planWanted(state) : planUnwanted(state);
}

function planWanted(state: GroupState): Plan {
  const { desired, linked, named, members } = state;
  if (desired.rival !== null && linked === undefined) {
    return stuck(`The group ${desired.rival.displayName} stands for the same group on Mode.`, null);
  }
  if (linked === undefined && named.length > 1) {
    return stuck(`Mode has ${named.length} groups named "${desired.name}": rename all but one.`, null);
  }
  const group = groupOnMode(linked, named);
  if (group === undefined) return next({ type: 'create_group', name: desired.name }, null);
  if (!group.writable) {
    return stuck(`Mode's group "${group.name}" is built in or managed by Mode's own SCIM.`, null);
  }
  const objection = whyNotAdopted(
    { token: group.token, linked: desired.groupToken, ours: false, refused: state.refusedLinks },
    state.adoption,
  );
  if (objection !== null) return stuck(`Mode has a group named "${desired.name}": ${objection}`, null);
  if (desired.groupToken !== group.token) {
    return next({ type: 'adopt_group', groupToken: group.token, name: group.name }, group.token);
  }
  const renaming = group.name !== desired.name;
  const nameTaken = renaming && named.some((other) => other.token !== group.token);
  const operations: Operation[] = [];
  if (renaming && !nameTaken)
    operations.push({ type: 'rename_group', groupToken: group.token, name: desired.name });
  operations.push(...memberOperations(group.token, desired, members));
  return {
    operations,
    link: group.token,
    blocked: nameTaken ? `Mode has another group named "${desired.name}": rename or delete it.` : null,
    waiting: desired.members.some((member) => !member.active)
      ? 'Some members have not accepted their invite.'
      : null,
  };
}

function planUnwanted({ desired, linked }: GroupState): Plan {
  if (linked === undefined || desired.rival !== null) return nothing(null);
  if (!linked.writable)
    return stuck(`Mode's group "${linked.name}" is managed by Mode's own SCIM.`, linked.token);
  return next({ type: 'delete_group', groupToken: linked.token, name: linked.name }, linked.token);
}

/** Removals first, so that a person who is removed and added again ends as a member. */
function memberOperations(
  groupToken: string,
  desired: DesiredGroup,
  observed: readonly ObservedGroupMember[],
): Operation[] {
  const keep = new Set(desired.members.map((member) => member.memberToken));
  const present = new Set(observed.map((member) => member.memberToken));
  const removals = observed
    .filter((member) => !keep.has(member.memberToken))
    .map(({ memberToken, groupMembershipToken }): Operation => {
      return { type: 'remove_group_member', groupToken, memberToken, groupMembershipToken };
    });
  const missing = new Set(
    desired.members
      .filter((member) => member.active)
      .flatMap((member) => member.memberToken ?? [])
      .filter((memberToken) => !present.has(memberToken)),
  );
  const additions = [...missing].map((memberToken): Operation => ({
    type: 'add_group_member',
    groupToken,
    memberToken,
  }));
  return [...removals, ...additions];
}

function next(operation: Operation, link: string | null): Plan {
  return { ...nothing(link), operations: [operation] };
}

function nothing(link: string | null): Plan {
  return { operations: [], link, blocked: null, waiting: null };
}

function stuck(reason: string, link: string | null): Plan {
  return { ...nothing(link), blocked: reason };
}
