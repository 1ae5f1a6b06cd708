/** The verdicts of an explanation: for the workspace, the admin role, and one group. Pure. */
import type { Connection } from '../../directory/access/connection.ts';
import type { UserState } from '../../provisioning/plan/plan-user.ts';
import type { TaskAction } from '../../provisioning/plan/task.ts';
import { memberKey } from '../../provisioning/model/observation.ts';
import type {
  HeldOperation,
  KnownGroup,
  KnownPerson,
  OpenTask,
  Progress,
  SeenMember,
} from './explain-store.ts';
import type { ChainLink, GroupPart, Part, Why } from './explanation.ts';
import { own, whyAsWanted, whyNot, whyWithdrawn, type Obstacles } from './why.ts';

const MAX_LINKS = 12;

export interface PersonFacts {
  readonly person: KnownPerson | null;
  /** The person's row of the target; undefined when there is none. */
  readonly member: SeenMember | undefined;
  readonly state: UserState | undefined;
  readonly obstacles: Omit<Obstacles, 'holds' | 'tasks'>;
  readonly holds: readonly HeldOperation[];
  readonly tasks: readonly OpenTask[];
}

const OF_ROLE: ReadonlySet<TaskAction> = new Set(['make_admin', 'unmake_admin']);

/** @param isFull there may be older links that were not read */
function cut(chain: readonly ChainLink[], isFull: boolean): Pick<Part, 'chain' | 'isCut'> {
  return { chain: chain.slice(-MAX_LINKS), isCut: isFull || chain.length > MAX_LINKS };
}

function isWanted(person: KnownPerson | null): boolean {
  return person !== null && person.ownerId !== null && person.active && person.deletedAt === null;
}

export function accessPart(facts: PersonFacts, chain: readonly ChainLink[], isFull: boolean): Part {
  const { person, member, obstacles, holds, tasks } = facts;
  const isPushed = person !== null && person.ownerId !== null;
  const wanted = isPushed ? isWanted(person) : null;
  const has = member?.member.state === 'active';
  const others = holds.filter(({ operation }) => operation !== 'set_admin');
  const ofAccess = tasks.filter(({ action }) => !OF_ROLE.has(action));
  return {
    wanted,
    has,
    readAt: member?.readAt ?? null,
    how: member?.how ?? null,
    delivery: obstacles.progress?.state ?? null,
    why: whyAccess(facts, chain, { ...obstacles, holds: others, tasks: ofAccess }),
    ...cut(chain, isFull),
  };
}

function whyAccess(
  { person, member, state }: PersonFacts,
  chain: readonly ChainLink[],
  obstacles: Obstacles,
): readonly Why[] {
  const memberState = member?.member.state;
  const taken = (state?.takenBack ?? []).filter((each) => each.state !== 'former');
  if (person === null) return [notPushed('No IdP has pushed this person.', memberState)];
  if (person.ownerId === null) {
    const released = chain.some(({ ends }) => ends === 'ownership');
    return [
      released
        ? own('released', 'The connection that pushed them was removed: {target} stays as it is.')
        : notPushed('No IdP has pushed this person.', memberState),
    ];
  }
  if (isWanted(person)) {
    if (memberState !== 'active') return whyNot(obstacles);
    const text = 'The IdP wants them in the workspace, and {target} has them.';
    const differs = obstacles.progress?.state === 'blocked' || obstacles.progress?.state === 'held';
    const rest = differs ? whyNot(obstacles) : [];
    return [whyAsWanted(member?.writtenAt ?? null, text), ...rest];
  }
  const withdrawn = whyWithdrawn(chain, 'access') ?? own('never_active', 'The IdP has them deactivated.');
  const isHere = memberState === 'active' || memberState === 'invited' || taken.length > 0;
  return isHere ? [withdrawn, ...whyNot(obstacles)] : [withdrawn];
}

function notPushed(text: string, memberState: string | undefined): Why {
  const has =
    memberState === undefined || memberState === 'former'
      ? '{target} did not have them in the workspace when it was last read.'
      : `{target} has them itself, as ${memberState === 'active' ? 'an active member' : 'invited'}: the bridge does not change that.`;
  return own('not_pushed', `${text} ${has}`, 'Assign them to the app in the IdP, if they should be managed.');
}

export function rolePart(facts: PersonFacts, chain: readonly ChainLink[], isFull: boolean): Part {
  const { person, member, obstacles, holds, tasks } = facts;
  const has = member?.member.state === 'active' && member.member.admin;
  const isPushed = person !== null && person.ownerId !== null;
  const wanted = isPushed ? (isWanted(person) ? person.admin : false) : null;
  const ofRole = holds.filter(({ operation }) => operation === 'set_admin' || operation === 'remove_member');
  return {
    wanted,
    has,
    readAt: member?.readAt ?? null,
    how: member?.how ?? null,
    delivery: obstacles.progress?.state ?? null,
    why: whyRole(facts, { wanted, has }, { ...obstacles, holds: ofRole, tasks }),
    ...cut(chain, isFull),
  };
}

function whyRole(
  { person, member }: PersonFacts,
  { wanted, has }: Pick<Part, 'wanted' | 'has'>,
  obstacles: Obstacles,
): readonly Why[] {
  const role = has ? 'an admin' : 'not an admin';
  if (person?.ownerId == null)
    return [own('not_pushed', `No IdP decides about the role: in {target} they are ${role}.`)];
  if (wanted === null)
    return [
      own('role_not_named', `The IdP has never named a role: {target} keeps its own, and they are ${role}.`),
    ];
  const isActive = member?.member.state === 'active';
  if (wanted && !isActive)
    return [
      own('waits_for_account', 'The role comes when they are active in {target}.'),
      ...whyNot(obstacles),
    ];
  if (wanted !== has) return whyNot(obstacles);
  if (!isWanted(person)) return [own('person_not_wanted', 'The IdP does not want them in the workspace.')];
  return [
    whyAsWanted(
      member?.writtenAt ?? null,
      wanted ? 'The IdP named the admin role.' : 'The IdP named no admin role.',
    ),
  ];
}

export interface GroupFacts {
  readonly group: KnownGroup;
  readonly progress: Progress | undefined;
  readonly connection: Connection | undefined;
  readonly holds: readonly HeldOperation[];
  readonly tasks: readonly OpenTask[];
  readonly onlyReported: boolean;
}

export function groupPart(
  facts: PersonFacts,
  { group, progress, connection, holds, tasks, onlyReported }: GroupFacts,
  chain: readonly ChainLink[],
  isFull: boolean,
): GroupPart {
  const { id, name, seen } = group;
  const isPushed = group.ownerId !== null;
  const inGroup = isPushed && group.wanted && group.deletedAt === null;
  const token = facts.member === undefined ? null : memberKey(facts.member.member);
  const ofMember = holds.filter(({ operation, key }) => {
    return operation !== 'remove_group_member' || (token !== null && key.endsWith(` ${token}`));
  });
  const obstacles = { ...facts.obstacles, progress, connection, holds: ofMember, tasks, onlyReported };
  return {
    id,
    name,
    wanted: isPushed ? inGroup && isWanted(facts.person) : null,
    has: seen !== null && facts.member?.member.state === 'active',
    readAt: seen === null ? group.readAt : seen.readAt,
    how: seen?.how ?? null,
    delivery: progress?.state ?? null,
    why: whyGroup(facts, group, chain, obstacles),
    ...cut(chain, isFull),
  };
}

function whyGroup(
  { person, member }: PersonFacts,
  group: KnownGroup,
  chain: readonly ChainLink[],
  obstacles: Obstacles,
): readonly Why[] {
  const { seen, wanted, deletedAt, ownerId } = group;
  const isActive = member?.member.state === 'active';
  const isSeen = seen !== null && isActive;
  if (ownerId === null) {
    if (deletedAt !== null) return [own('group_deleted', '{target} does not have the group any more.')];
    const text = isSeen ? '{target} has them in it' : '{target} does not have them in it';
    return [
      own('group_not_pushed', `No IdP has pushed the group: ${text}, and the bridge does not change that.`),
    ];
  }
  if (deletedAt !== null) {
    const gone = own(
      'group_deleted',
      `The IdP or an undo deleted the group at ${new Date(deletedAt).toISOString()}.`,
    );
    return isSeen ? [gone, ...whyNot(obstacles)] : [gone];
  }
  if (!wanted) {
    const withdrawn =
      whyWithdrawn(chain, 'membership') ?? own('never_in_group', 'The IdP has not put them into the group.');
    return isSeen ? [withdrawn, ...whyNot(obstacles)] : [withdrawn];
  }
  if (!isWanted(person)) {
    const text =
      'The IdP has them in the group, and does not want them in the workspace: they are in no group.';
    const why = own('person_not_wanted', text, 'The membership comes back with the account.');
    return isSeen ? [why, ...whyNot(obstacles)] : [why];
  }
  if (isSeen) return [whyAsWanted(seen.writtenAt, 'The IdP has them in the group, and {target} too.')];
  if (!isActive)
    return [
      own(
        'waits_for_account',
        'The IdP has them in the group: they are added when they are active in {target}.',
        'See why they are not in the workspace.',
      ),
    ];
  return whyNot(obstacles);
}
