/** Decides what makes one group and its members right on Mode. */
import { whyNotAdopted, type Adoption } from './adoption.ts';
import type { DesiredGroup } from '../model/desired.ts';
import { UNTRIED, type AvailableCapabilities } from './available-capabilities.ts';
import type { ObservedGroup, ObservedGroupMember } from '../model/observed.ts';
import type { Operation } from '../model/operation.ts';
import type { Plan } from './plan.ts';
import { taskReason, planStep } from './plan-step.ts';
import type { WantedTask } from './task.ts';

/** So many names are told in one sentence. */
const MAX_NAMES = 20;

export interface GroupState {
  readonly desired: DesiredGroup;
  /** The linked Mode group, when Mode still has it. */
  readonly linked: ObservedGroup | undefined;
  /** Mode's groups with exactly the wanted name. */
  readonly named: readonly ObservedGroup[];
  /** Members of the group this plan is about: the linked one, else the only one with the name. */
  readonly members: readonly ObservedGroupMember[];
  /** How people know an account; its token when it is not told. */
  readonly nameOf?: (memberToken: string) => string;
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
export function planGroup(state: GroupState, available: AvailableCapabilities = UNTRIED): Plan {
  if (!state.desired.owned) return nothing(state.desired.groupToken);
  return state.desired.wanted ? planWanted(state, available) : planUnwanted(state, available);
}

function planWanted(state: GroupState, available: AvailableCapabilities): Plan {
  const { desired, linked, named } = state;
  if (desired.conflictingGroup !== null && linked === undefined) {
    return stuck(
      `The group ${desired.conflictingGroup.displayName} stands for the same group on Mode.`,
      null,
    );
  }
  if (linked === undefined && named.length > 1) {
    return stuck(`Mode has ${named.length} groups named "${desired.name}": rename all but one.`, null);
  }
  const group = groupOnMode(linked, named);
  if (group === undefined) return planCreation(desired, available);
  if (!group.writable) {
    return stuck(`Mode's group "${group.name}" is built in or managed by Mode's own SCIM.`, null);
  }
  const objection = whyNotAdopted(
    { token: group.token, linked: desired.groupToken, ours: false, refused: state.refusedLinks },
    state.adoption,
  );
  if (objection !== null) return stuck(`Mode has a group named "${desired.name}": ${objection}`, null);
  if (desired.groupToken !== group.token) {
    const adopt = { type: 'adopt_group', groupToken: group.token, name: group.name } as const;
    return { ...nothing(group.token), operations: [adopt] };
  }
  const rename = planRename(state, group, available);
  const members = planMembers(state, group, available);
  const tasks = [...rename.tasks, ...members.tasks];
  return {
    operations: [...rename.operations, ...members.operations],
    tasks,
    link: group.token,
    blocked: rename.blocked ?? taskReason(tasks),
    waiting: desired.members.some((member) => !member.active)
      ? 'Some members are not active in Mode yet.'
      : null,
  };
}

function planCreation(desired: DesiredGroup, available: AvailableCapabilities): Plan {
  const { operations, tasks } = planStep(available, {
    capability: 'groups',
    operation: { type: 'create_group', name: desired.name },
    what: `Create the group "${desired.name}".`,
    place: { kind: 'groups' },
  });
  return { ...nothing(null), operations, tasks, blocked: taskReason(tasks) };
}

function planUnwanted({ desired, linked }: GroupState, available: AvailableCapabilities): Plan {
  if (linked === undefined || desired.conflictingGroup !== null) return nothing(null);
  if (!linked.writable)
    return stuck(`Mode's group "${linked.name}" is managed by Mode's own SCIM.`, linked.token);
  const { operations, tasks } = planStep(available, {
    capability: 'groups',
    operation: { type: 'delete_group', groupToken: linked.token, name: linked.name },
    what: `Delete the group "${linked.name}".`,
    place: { kind: 'group', groupToken: linked.token },
  });
  return { ...nothing(linked.token), operations, tasks, blocked: taskReason(tasks) };
}

type Part = Pick<Plan, 'operations' | 'tasks' | 'blocked'>;

function planRename(
  { desired, named }: GroupState,
  group: ObservedGroup,
  available: AvailableCapabilities,
): Part {
  if (group.name === desired.name) return { operations: [], tasks: [], blocked: null };
  if (named.some((other) => other.token !== group.token)) {
    const blocked = `Mode has another group named "${desired.name}": rename or delete it.`;
    return { operations: [], tasks: [], blocked };
  }
  const step = planStep(available, {
    capability: 'groups',
    operation: { type: 'rename_group', groupToken: group.token, name: desired.name },
    what: `Rename the group "${group.name}" to "${desired.name}".`,
    place: { kind: 'group', groupToken: group.token },
  });
  return { ...step, blocked: null };
}

/** Removals first, so that a person who is removed and added again ends as a member. All together are one task. */
function planMembers(
  state: GroupState,
  group: ObservedGroup,
  available: AvailableCapabilities,
): Omit<Part, 'blocked'> {
  const wanted = memberOperations(group.token, state.desired, state.members);
  const tried = available.refusedSteps.get('set_group_members');
  const why = tried?.why ?? available.refused.get('groups');
  if (why === undefined || wanted.length === 0) return { operations: wanted, tasks: [] };
  const { nameOf = (memberToken) => memberToken } = state;
  const names = (type: Operation['type']) =>
    wanted.flatMap((operation) =>
      operation.type === type && 'memberToken' in operation ? [nameOf(operation.memberToken)] : [],
    );
  const sentences = [
    listed('add', names('add_group_member')),
    listed('remove', names('remove_group_member')),
  ];
  const task: WantedTask = {
    action: 'set_group_members',
    what: `In the group "${group.name}", ${sentences.filter((text) => text !== '').join('; ')}.`,
    why,
    triedAt: tried?.at ?? null,
    place: { kind: 'group', groupToken: group.token },
  };
  return { operations: [], tasks: [task] };
}

function listed(verb: string, names: readonly string[]): string {
  if (names.length === 0) return '';
  const more = names.length - MAX_NAMES;
  return `${verb} ${names.slice(0, MAX_NAMES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

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

function nothing(link: string | null): Plan {
  return { operations: [], tasks: [], link, blocked: null, waiting: null };
}

function stuck(reason: string, link: string | null): Plan {
  return { ...nothing(link), blocked: reason };
}
