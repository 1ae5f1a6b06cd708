/**
 * Explains one person's access: which request asked for it, what the bridge did, what the target answered, and the
 * current state.
 */
import type { ConnectionStore } from '../../directory/access/connection-store.ts';
import type { Connection } from '../../directory/access/connection.ts';
import type { Subject } from '../../directory/subject.ts';
import type { Clock } from '../../clock.ts';
import { BridgeError } from '../../errors.ts';
import type { DriftMode } from '../../provisioning/drift/drift.ts';
import type { UserState } from '../../provisioning/plan/plan-user.ts';
import type { DriftStore } from '../../provisioning/ports/drift-store.ts';
import type { SubjectStore } from '../../provisioning/ports/subject-store.ts';
import { groupChain, personChains, type RequestOf } from './chain.ts';
import type { ExplainStore, HistoryEntry, KnownGroup, KnownPerson, SeenMember } from './explain-store.ts';
import type { Explanation, GroupPart, RequestFacts } from './explanation.ts';
import { nameTarget } from './name-target.ts';
import { matchText } from './match-text.ts';
import { accessPart, groupPart, rolePart, type PersonFacts } from './parts.ts';

/** Changes of one person, and of one person in one group. */
const MAX_HISTORY = 500;
const MAX_OF_GROUP = 40;
const MAX_GROUPS = 500;
const MAX_FOUND = 20;
/** The user, and the accounts that they have had. */
const MAX_NAMES = 20;

export interface ExplainOptions {
  /** Only this group: its name or id. */
  readonly group?: string | undefined;
}

/**
 * @param who an id, a userName or an e-mail; a person that only the target has is also found by username or token
 * @throws BridgeError invalid_value; conflict when several people match `who`
 */
export type Explain = (workspace: string, who: string, options?: ExplainOptions) => Promise<Explanation>;

export interface ExplainSources {
  readonly explain: ExplainStore;
  readonly access: Pick<ConnectionStore, 'connections'>;
  readonly provisioning: Pick<SubjectStore, 'subjectState'> & Pick<DriftStore, 'onlyReported'>;
  readonly clock: Clock;
  /** The drift mode of connections of a workspace that have none of their own. */
  readonly driftOf: (workspace: string) => DriftMode;
  /** The name of a workspace's target, for sentences. */
  readonly labelOf: (workspace: string) => string;
}

export function createExplain({
  explain: store,
  access,
  provisioning,
  clock,
  driftOf,
  labelOf,
}: ExplainSources): Explain {
  async function onePerson(workspace: string, who: string): Promise<KnownPerson | null> {
    const found = await store.findPeople(workspace, who, MAX_FOUND);
    const [first] = found;
    if (first === undefined) return null;
    const present = found.filter(({ deletedAt }) => deletedAt === null);
    const exact = present.filter(({ id, userName }) => {
      return id === who || userName.toLowerCase() === who.toLowerCase();
    });
    const fitting = exact.length > 0 ? exact : present;
    if (fitting.length > 1) {
      const ids = fitting.map(({ id, userName }) => `${id} (${userName})`).join(', ');
      throw new BridgeError('conflict', `${String(fitting.length)} users are "${who}": give the id: ${ids}.`);
    }
    return fitting[0] ?? first;
  }

  async function oneMember(workspace: string, who: string): Promise<SeenMember | undefined> {
    const found = await store.findMembers(workspace, who, MAX_FOUND);
    const present = found.filter(({ member }) => member.state !== 'former');
    if (present.length > 1)
      throw new BridgeError(
        'conflict',
        `${labelOf(workspace)} has ${String(present.length)} members that are "${who}": give the token (${present.map(({ member }) => member.accountId ?? '').join(', ')}).`,
      );
    return present[0] ?? found[0];
  }

  /** The row of the target that matches the user, and how it was read. */
  async function accountOf(workspace: string, state: UserState | undefined): Promise<SeenMember | undefined> {
    const member = state?.match.member;
    if (member == null) return undefined;
    const rows = await store.findMembers(workspace, member.accountId ?? member.email ?? '', MAX_FOUND);
    return (
      rows.find((row) => row.member.accountId === member.accountId) ?? {
        member,
        readAt: null,
        how: null,
        writtenAt: member.writtenAt,
      }
    );
  }

  async function requestsOf(
    entries: readonly HistoryEntry[],
    connections: readonly Connection[],
  ): Promise<RequestOf> {
    const ids = [...new Set(entries.flatMap(({ requestId }) => requestId ?? []))];
    const known = await store.requestsById(ids);
    const names = new Map(connections.map(({ id, name }) => [id, name]));
    return ({ requestId }): RequestFacts | null => {
      if (requestId === null) return null;
      const request = known.get(requestId);
      if (request === undefined)
        return { id: requestId, at: null, method: null, route: null, status: null, connection: null };
      const { at, method, route, status, connectionId } = request;
      const connection = connectionId === null ? null : (names.get(connectionId) ?? connectionId);
      return { id: requestId, at, method, route, status, connection };
    };
  }

  return async (workspace, who, { group } = {}) => {
    const text = who.trim();
    if (text === '') throw new BridgeError('invalid_value', 'Name a person: an e-mail, a userName or an id.');
    const person = await onePerson(workspace, text);
    const subject: Subject | null = person === null ? null : { kind: 'user', id: person.id };
    const state =
      subject === null ? undefined : await provisioning.subjectState(workspace, subject, clock.now());
    const user = state?.kind === 'user' ? state.user : undefined;
    const member = person === null ? await oneMember(workspace, text) : await accountOf(workspace, user);
    const history = subject === null ? [] : await store.history(workspace, subject, MAX_HISTORY);

    const accounts = history.flatMap(({ change }) =>
      change.kind === 'mode.linked' && 'memberToken' in change.data ? (change.data.memberToken ?? []) : [],
    );
    const token = member?.member.accountId ?? null;
    // The newest are read first.
    const known = [person?.id ?? [], token ?? [], ...accounts].flat();
    const names = [...new Set(known)].slice(0, MAX_NAMES);
    const memberHistory = names.length === 0 ? [] : await store.memberHistory(workspace, names, MAX_OF_GROUP);
    const ofGroup = Map.groupBy(memberHistory, ({ change }) => change.subject?.id ?? '');
    const place = { userId: person?.id ?? null, token };
    const { groups, hasMore } = await groupsFor(workspace, place, [...ofGroup.keys()], group);

    const subjects = [
      ...(subject === null ? [] : [subject]),
      ...groups.flatMap(({ id }): Subject[] => (id === null ? [] : [{ kind: 'group', id }])),
    ];
    const progress = await store.progress(workspace, subjects);
    const holds = await store.holdsOf(workspace, subjects);
    const tasks = await store.openTasksOf(workspace, subjects);
    const reported = await provisioning.onlyReported(workspace, subjects, driftOf(workspace));
    const connections = await access.connections();
    const connectionOf = (id: string | null) => connections.find((connection) => connection.id === id);
    const requestOf = await requestsOf([...history, ...memberHistory], connections);

    const facts: PersonFacts = {
      person,
      member,
      state: user,
      holds: holds.filter(({ subjectId }) => subjectId === person?.id),
      tasks: tasks.filter(({ subjectId }) => subjectId === person?.id),
      obstacles: {
        progress: progress.get(person?.id ?? ''),
        connection: connectionOf(person?.ownerId ?? null),
        outage: await store.outage(workspace),
        onlyReported: reported.has(person?.id ?? ''),
      },
    };
    const chains = personChains(history, requestOf);
    const isFull = history.length === MAX_HISTORY;
    const parts = groups.map((known): GroupPart => {
      const entries = ofGroup.get(known.id ?? '') ?? [];
      const of = {
        group: known,
        progress: progress.get(known.id ?? ''),
        connection: connectionOf(known.ownerId),
        holds: holds.filter(({ subjectId }) => subjectId === known.id),
        tasks: tasks.filter(({ subjectId }) => subjectId === known.id),
        onlyReported: reported.has(known.id ?? ''),
      };
      return groupPart(facts, of, groupChain(entries, requestOf), entries.length === MAX_OF_GROUP);
    });
    return nameTarget(labelOf(workspace), {
      workspace,
      person: person && {
        id: person.id,
        userName: person.userName,
        email: person.email,
        fullName: person.fullName,
        connection: connectionOf(person.ownerId)?.name ?? person.ownerId,
        deletedAt: person.deletedAt,
      },
      account: member === undefined ? null : accountView(member, user),
      access: accessPart(facts, chains.access, isFull),
      role: rolePart(facts, chains.role, isFull),
      groups: group !== undefined && parts.length === 0 ? [noSuchGroup(group)] : parts,
      hasMoreGroups: hasMore,
    });
  };

  async function groupsFor(
    workspace: string,
    person: { readonly userId: string | null; readonly token: string | null },
    also: readonly string[],
    asked: string | undefined,
  ): Promise<{ readonly groups: readonly KnownGroup[]; readonly hasMore: boolean }> {
    if (asked !== undefined) {
      const named = await store.groupsNamed(workspace, person, asked);
      const present = named.filter(({ deletedAt }) => deletedAt === null);
      return { groups: present.length > 0 ? present : named.slice(0, 1), hasMore: false };
    }
    const groups = await store.groupsOf(workspace, person, also, MAX_GROUPS + 1);
    return { groups: groups.slice(0, MAX_GROUPS), hasMore: groups.length > MAX_GROUPS };
  }
}

function accountView({ member }: SeenMember, user: UserState | undefined): Explanation['account'] {
  const { accountId: token, name, email, state, admin } = member;
  return { token, name, email, state, admin, match: matchText(user, member) };
}

function noSuchGroup(name: string): GroupPart {
  const text = `Neither the IdP nor {target} has a group named "${name}".`;
  return {
    id: null,
    name,
    wanted: false,
    has: false,
    readAt: null,
    how: null,
    delivery: null,
    why: [{ code: 'no_such_group', text, next: 'Names are compared as they are written in {target}.' }],
    chain: [],
    isCut: false,
  };
}
