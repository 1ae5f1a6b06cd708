/** The use cases of users. Each is durable when it resolves, and none waits for Mode. */
import type { Clock } from '../../clock.ts';
import { BridgeError } from '../../errors.ts';
import type { Connection, Writer } from '../access/connection.ts';
import type { DirectoryStore } from '../directory-store.ts';
import { assertAllowed, type Guard } from '../access/guard.ts';
import { assertWritable, ownerName } from '../access/ownership.ts';
import type { ListQuery, Page } from '../query.ts';
import { commitWithRetry, type Attempt } from '../retry.ts';
import { createUser, deleteUser, updateUser, type UserStamp } from './user-transitions.ts';
import type { User, UserDraft } from './user.ts';
import type { WrittenBy } from '../written-by.ts';
import { systemRandom } from '../../random.ts';
import { reactivateUser, updateWithJournal } from '../withdrawal/user-withdrawals.ts';
import { NOTHING_BACK, type AccessBack } from '../withdrawal/withdrawal.ts';

export interface Users {
  /** @throws BridgeError uniqueness; forbidden when another connection owns the userName. */
  create(connection: Writer, draft: UserDraft): Promise<User>;
  /** @throws BridgeError not_found */
  get(workspace: string, id: string): Promise<User>;
  list(workspace: string, query: ListQuery): Promise<Page<User>>;
  /**
   * Replaces the user with the result of `change`, which is called again with the new state after a lost race.
   * @throws BridgeError not_found, uniqueness, forbidden, precondition_failed, and the errors of `change`
   */
  update(
    connection: Writer,
    id: string,
    change: (before: User) => UserDraft,
    guard?: Guard,
    by?: WrittenBy,
  ): Promise<User>;
  /** @throws BridgeError not_found, forbidden, precondition_failed */
  remove(connection: Writer, id: string, guard?: Guard): Promise<void>;
}

/** Every lookup is bound to one workspace: an id of another workspace is not found. */
export function createUsers(
  store: DirectoryStore,
  clock: Clock,
  random = systemRandom,
  accessBack: AccessBack = NOTHING_BACK,
): Users {
  const { windowMsOf, roles } = accessBack;

  async function get(workspace: string, id: string): Promise<User> {
    const user = await store.user(workspace, id);
    if (user === undefined) throw noSuchUser(id);
    return user;
  }

  /** Takes over an unmanaged user, who keeps the id that the IdP has seen in look-ups. */
  async function takeOver(connection: Writer, draft: UserDraft): Promise<Attempt<User>> {
    const stamp = { connection, at: clock.now() };
    const existing = await findByUserName(store, connection, draft.userName);
    if (existing === undefined) {
      const { user, write } = createUser(random.id(), draft, stamp);
      return { result: user, write, taken: taken(draft) };
    }
    if (existing.ownerId !== null) throw new BridgeError('uniqueness', takenBy(existing, connection));
    const { user, write } = updateUser(existing, draft, stamp);
    return { result: user, write };
  }

  async function updated(before: User, draft: UserDraft, stamp: UserStamp) {
    const windowMs = windowMsOf(stamp.connection);
    if (windowMs === 0) return updateUser(before, draft, stamp);
    if (before.active || !draft.active) return updateWithJournal(before, draft, stamp, roles);
    const withdrawals = await store.withdrawals(stamp.connection.id, before.id);
    return reactivateUser(before, draft, stamp, { withdrawals, windowMs, roles });
  }

  return {
    get,
    list: (workspace, query) => store.users(workspace, query),

    create: async (connection, draft) => {
      // Most names are new, so a name is looked up only after the store reports a duplicate.
      const { user, write } = createUser(random.id(), draft, { connection, at: clock.now() });
      if ((await store.commit(write)) === 'committed') return user;
      return commitWithRetry(store, () => takeOver(connection, draft));
    },

    update: (connection, id, change, guard, by = 'patch') =>
      commitWithRetry(store, async () => {
        const before = await get(connection.workspace, id);
        assertWritable(before, connection, `The user ${before.userName}`);
        assertAllowed(guard, before);
        const draft = change(before);
        const { user, write } = await updated(before, draft, { connection, at: clock.now(), by });
        return { result: user, write, taken: taken(draft) };
      }),

    remove: (connection, id, guard) =>
      commitWithRetry(store, async () => {
        const before = await get(connection.workspace, id);
        assertWritable(before, connection, `The user ${before.userName}`);
        assertAllowed(guard, before);
        const groups = (await store.groupsOf([id])).get(id) ?? [];
        const groupIds = groups.map((group) => group.id);
        return { result: undefined, write: deleteUser(before, groupIds, { connection, at: clock.now() }) };
      }),
  };
}

export function noSuchUser(id: string): BridgeError {
  return new BridgeError('not_found', `There is no user with the id ${id}.`);
}

async function findByUserName(
  store: DirectoryStore,
  connection: Connection,
  userName: string,
): Promise<User | undefined> {
  const where = { op: 'eq', field: { kind: 'column', name: 'userName' }, value: userName } as const;
  return (await store.users(connection.workspace, { where, limit: 1 })).items[0];
}

function taken({ userName }: UserDraft): string {
  return `The userName "${userName}" is taken by another user.`;
}

function takenBy({ userName, id, ownerId }: User, connection: Connection): string {
  return `The userName "${userName}" is taken by the user ${id} of ${ownerName(ownerId, connection)}.`;
}
