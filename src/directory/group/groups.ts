/** The use cases of groups. Each is durable when it resolves, and none waits for Mode. */
import type { Clock } from '../../clock.ts';
import { BridgeError } from '../../errors.ts';
import type { Connection, Writer } from '../access/connection.ts';
import type { DirectoryStore } from '../directory-store.ts';
import { assertAllowed, type Guard } from '../access/guard.ts';
import {
  createGroup,
  deleteGroup,
  updateGroup,
  type GroupStamp,
  type MemberDelta,
} from './group-transitions.ts';
import type { Group, GroupDraft, Member, MemberChange } from './group.ts';
import { assertWritable, ownerName } from '../access/ownership.ts';
import type { ListQuery, Page } from '../query.ts';
import { commitWithRetry } from '../retry.ts';
import type { WrittenBy } from '../written-by.ts';
import { systemRandom } from '../../random.ts';
import { withMemberWithdrawals } from '../withdrawal/member-withdrawals.ts';
import { NOTHING_BACK, type AccessBack } from '../withdrawal/withdrawal.ts';

interface NamedDelta extends MemberDelta {
  /** Users to remove who are not members. */
  readonly absent: readonly string[];
}

/** The content of a write; without `members` the members stay. */
export interface GroupChange {
  readonly draft: GroupDraft;
  readonly members?: MemberChange | undefined;
}

export interface Groups {
  /** @throws BridgeError uniqueness; invalid_value for a member who is not a user of the workspace */
  create(connection: Writer, draft: GroupDraft, members: readonly string[]): Promise<Group>;
  /** @throws BridgeError not_found */
  get(workspace: string, id: string): Promise<Group>;
  list(workspace: string, query: ListQuery): Promise<Page<Group>>;
  /** Members after the user id `after` (empty: from the start), in order of id, at most `limit`. */
  members(groupId: string, after: string, limit: number): Promise<readonly Member[]>;
  /**
   * Replaces the group with the result of `change`, which is called again with the new state after a lost race.
   * @throws BridgeError not_found, uniqueness, forbidden, invalid_value, precondition_failed, and the errors of `change`
   * @returns the version that this write made, or the current version when nothing changed
   */
  update(
    connection: Writer,
    id: string,
    change: (before: Group) => GroupChange,
    guard?: Guard,
    by?: WrittenBy,
  ): Promise<number>;
  /** @throws BridgeError not_found, forbidden, precondition_failed */
  remove(connection: Writer, id: string, guard?: Guard): Promise<void>;
}

/** Every lookup is bound to one workspace: an id of another workspace is not found. */
export function createGroups(
  store: DirectoryStore,
  clock: Clock,
  random = systemRandom,
  { windowMsOf }: Pick<AccessBack, 'windowMsOf'> = NOTHING_BACK,
): Groups {
  /** The update of the group, with its steps of the journal. */
  function updated(before: Group, draft: GroupDraft, delta: NamedDelta, stamp: GroupStamp) {
    const write = updateGroup(before, draft, delta, stamp);
    const { connection, at } = stamp;
    if (windowMsOf(connection) === 0) return { write, all: write };
    return { write, all: withMemberWithdrawals(write, before, delta, { connectionId: connection.id, at }) };
  }

  async function get(workspace: string, id: string): Promise<Group> {
    const group = await store.group(workspace, id);
    if (group === undefined) throw new BridgeError('not_found', `There is no group with the id ${id}.`);
    return group;
  }

  async function update(
    connection: Writer,
    id: string,
    change: (before: Group) => GroupChange,
    guard?: Guard,
    by: WrittenBy = 'patch',
  ): Promise<number> {
    let raised: number | undefined;
    const expected = await commitWithRetry(store, async () => {
      const before = await get(connection.workspace, id);
      assertWritable(before, connection, `The group ${before.displayName}`);
      assertAllowed(guard, before);
      const { draft, members } = change(before);
      const delta = await memberDelta(store, before, members);
      const { write, all } = updated(before, draft, delta, {
        connection,
        at: clock.now(),
        by,
        guarded: guard !== undefined,
      });
      raised = undefined;
      const touched = (_id: string, version: number) => {
        raised = version;
      };
      const result = write === undefined ? before.version : before.version + 1;
      return { result, write: all, taken: taken(draft), touched };
    });
    return raised ?? expected;
  }

  return {
    get,
    update,
    list: (workspace, query) => store.groups(workspace, query),
    members: store.members,

    create: (connection, draft, members) =>
      commitWithRetry(store, async () => {
        const stamp = { connection, at: clock.now() };
        const wanted = [...new Set(members)];
        await assertUsers(store, connection.workspace, wanted);
        const existing = await findByName(store, connection, draft.displayName);
        // An unmanaged group is taken over and keeps the id that the IdP has seen in look-ups.
        if (existing?.ownerId === null) {
          const delta = await memberDelta(store, existing, { kind: 'replace', members: wanted });
          return { result: { ...existing, ...draft }, write: updated(existing, draft, delta, stamp).all };
        }
        if (existing !== undefined) throw new BridgeError('uniqueness', takenBy(existing, connection));
        const { group, write } = createGroup(random.id(), draft, wanted, stamp);
        return { result: group, write, taken: taken(draft) };
      }),

    remove: (connection, id, guard) =>
      commitWithRetry(store, async () => {
        const before = await get(connection.workspace, id);
        assertWritable(before, connection, `The group ${before.displayName}`);
        assertAllowed(guard, before);
        const userIds = await store.memberIds(id);
        return { result: undefined, write: deleteGroup(before, userIds, { connection, at: clock.now() }) };
      }),
  };
}

/**
 * Compares the requested change with the current members: present members are not added, absent ones are not removed.
 * Only a replacement of the whole set reads all members.
 */
async function memberDelta(
  store: DirectoryStore,
  group: Group,
  change: MemberChange | undefined,
): Promise<NamedDelta> {
  if (change === undefined) return { add: [], remove: [], absent: [] };
  if (change.kind === 'delta') {
    const named = [...new Set([...change.add, ...change.remove])];
    const present = await store.presentMembers(group.id, named);
    const add = [...new Set(change.add)].filter((id) => !present.has(id));
    await assertUsers(store, group.workspace, add);
    const { remove = [], absent = [] } = Object.groupBy(new Set(change.remove), (id) =>
      present.has(id) ? 'remove' : 'absent',
    );
    return { add, remove, absent };
  }
  const wanted = new Set(change.members);
  const present = new Set(await store.memberIds(group.id));
  const add = [...wanted].filter((id) => !present.has(id));
  await assertUsers(store, group.workspace, add);
  return { add, remove: [...present].filter((id) => !wanted.has(id)), absent: [] };
}

async function assertUsers(
  store: DirectoryStore,
  workspace: string,
  userIds: readonly string[],
): Promise<void> {
  if (userIds.length === 0) return;
  const existing = await store.existingUsers(workspace, userIds);
  const unknown = userIds.find((id) => !existing.has(id));
  if (unknown === undefined) return;
  throw new BridgeError(
    'invalid_value',
    `The member "${unknown}" is not a user of this workspace. Push the user first.`,
  );
}

async function findByName(
  store: DirectoryStore,
  connection: Connection,
  name: string,
): Promise<Group | undefined> {
  const where = { op: 'eq', field: { kind: 'column', name: 'displayName' }, value: name } as const;
  return (await store.groups(connection.workspace, { where, limit: 1 })).items[0];
}

function taken({ displayName }: GroupDraft): string {
  return `The displayName "${displayName}" is taken by another group of the workspace.`;
}

function takenBy({ displayName, id, ownerId }: Group, connection: Connection): string {
  return `The displayName "${displayName}" is taken by the group ${id} of ${ownerName(ownerId, connection)}.`;
}
