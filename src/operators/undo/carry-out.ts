/** Writes what the plan of an undo sets back into the directory, in transactions of a bounded size. */
import type { Clock } from '../../clock.ts';
import type { DirectoryStore, DirectoryWrite } from '../../directory/directory-store.ts';
import {
  asOneWrite,
  undoCreatedGroup,
  undoDeletedGroup,
  undoGroup,
  undoUser,
  type UndoStamp,
} from '../../directory/undo/undo-writes.ts';
import type { UndoPlan } from './make-undo-plan.ts';
import type { RestateGroup, RestateUser, UserValues } from './restate.ts';
import type { Restored } from './restored.ts';
import type { UndoStore } from './undo-store.ts';

/** Values that one transaction sets back. All of one user or group are in the same. */
const BATCH = 1_000;

export interface CarryOutParts {
  readonly undo: UndoStore;
  readonly directory: Pick<DirectoryStore, 'user' | 'group' | 'groupsOf' | 'memberIds' | 'withdrawals'>;
  readonly restateUser: RestateUser;
  readonly restateGroup: RestateGroup;
  readonly clock: Clock;
}

/** All values of one user or group. */
type OfSubject = readonly [Restored, ...Restored[]];

/**
 * @param by who does it, for the record
 * @returns the values of those whom the IdP has written meanwhile, which are left as they are; undefined when that was so at
 * the beginning: then nothing is done
 */
export async function carryOut(
  parts: CarryOutParts,
  plan: UndoPlan,
  by: string | null,
): Promise<readonly Restored[] | undefined> {
  const left: Restored[] = [];
  for (const [index, batch] of batchesOf(plan.restored).entries()) {
    if (await isCommitted(parts, plan, batch, by)) continue;
    if (index === 0) return undefined;
    for (const values of batch) if (!(await isCommitted(parts, plan, [values], by))) left.push(...values);
  }
  return left;
}

/** People first, and of them those who lose access: the same order each time. */
function batchesOf(restored: readonly Restored[]): readonly (readonly OfSubject[])[] {
  const groups = [...Map.groupBy(restored, ({ subject }) => subject.id).values()];
  const ordered = groups
    .flatMap(([first, ...others]): OfSubject[] => (first === undefined ? [] : [[first, ...others]]))
    .sort((a, b) => rank(a) - rank(b) || (a[0].subject.id < b[0].subject.id ? -1 : 1));
  const batches: OfSubject[][] = [];
  let size = BATCH;
  for (const values of ordered) {
    if (size + values.length > BATCH) {
      batches.push([]);
      size = 0;
    }
    batches.at(-1)?.push(values);
    size += values.length;
  }
  return batches;
}

function rank(values: OfSubject): number {
  if (values[0].subject.kind === 'group') return 2;
  return values.some(({ what, to }) => what === 'access' && to === false) ? 0 : 1;
}

async function isCommitted(
  parts: CarryOutParts,
  { id, connection, span, position, removals, released }: UndoPlan,
  batch: readonly OfSubject[],
  by: string | null,
): Promise<boolean> {
  const { undo, clock } = parts;
  const { workspace } = connection;
  const stamp = { connection, at: clock.now(), undo: id };
  const writes: DirectoryWrite[] = [];
  for (const values of batch) {
    const write =
      values[0].subject.kind === 'user'
        ? await userWrite(parts, values, stamp)
        : await groupWrite(parts, values, stamp);
    // Somebody else has set it back, or deleted it.
    if (write === undefined) return false;
    writes.push(write);
  }
  const ids = batch.map(([{ subject }]) => subject.id);
  // What was read above is newer than this position or has its version: both are seen.
  if ((await undo.writtenSince(workspace, ids, position)).size > 0) return false;
  const { after, upTo } = span.window;
  const data = { undo: id, connection: connection.id, after, upTo, subjects: ids.length, by };
  const decision = { kind: 'undo.applied', subject: null, data } as const;
  const own = new Set(ids);
  const approved = removals.filter(({ subject }) => own.has(subject.id));
  const write = asOneWrite(workspace, stamp.at, writes, decision);
  const links = released.filter(({ userId }) => own.has(userId));
  return (await undo.commitUndo(connection, write, approved, links)) === 'committed';
}

async function userWrite(
  { directory, restateUser }: CarryOutParts,
  values: OfSubject,
  stamp: UndoStamp,
): Promise<DirectoryWrite | undefined> {
  const { connection } = stamp;
  const before = await directory.user(connection.workspace, values[0].subject.id);
  if (before?.ownerId !== connection.id) return undefined;
  const withdrawals = await directory.withdrawals(connection.id, before.id);
  const write = undoUser(before, restateUser(before, userValues(values)), withdrawals, stamp);
  return values.some(({ what }) => what === 'account') ? released(directory, before.id, write) : write;
}

/** Also drops the link to the user's account. With another account, the user is another member of their groups too. */
async function released(
  directory: CarryOutParts['directory'],
  userId: string,
  write: DirectoryWrite | undefined,
): Promise<DirectoryWrite | undefined> {
  if (write === undefined) return undefined;
  const groups = (await directory.groupsOf([userId])).get(userId) ?? [];
  const subject = { kind: 'user', id: userId } as const;
  return {
    ...write,
    changes: [...write.changes, { kind: 'mode.linked', subject, data: { memberToken: null } }],
    subjects: [...write.subjects, ...groups.map(({ id }) => ({ kind: 'group', id }) as const)],
  };
}

function userValues(values: OfSubject): UserValues {
  const valueOf = (kind: Restored['what']) => values.find(({ what }) => what === kind)?.to;
  const [active, admin, email] = [valueOf('access'), valueOf('role'), valueOf('address')];
  return {
    ...(typeof active === 'boolean' ? { active } : {}),
    ...(typeof admin === 'boolean' ? { admin } : {}),
    ...(typeof email === 'string' ? { email } : {}),
  };
}

async function groupWrite(
  { directory, undo, restateGroup }: CarryOutParts,
  values: OfSubject,
  stamp: UndoStamp,
): Promise<DirectoryWrite | undefined> {
  const { connection } = stamp;
  const { id } = values[0].subject;
  const isBack = values.find(({ what }) => what === 'group')?.to;
  const before =
    isBack === true
      ? await undo.deletedGroup(connection.workspace, id)
      : await directory.group(connection.workspace, id);
  if (before?.ownerId !== connection.id) return undefined;
  if (isBack === false) return undoCreatedGroup(before, await directory.memberIds(id), stamp);
  const members = Object.groupBy(
    values.filter(({ what }) => what === 'member'),
    ({ to }) => (to === true ? 'add' : 'remove'),
  );
  const add = members.add?.flatMap(({ userId }) => userId ?? []) ?? [];
  const remove = members.remove?.flatMap(({ userId }) => userId ?? []) ?? [];
  if (isBack === true) return undoDeletedGroup(before, before, add, stamp);
  const name = values.find(({ what }) => what === 'group_name')?.to;
  const draft = name === undefined ? before : restateGroup(before, String(name));
  return undoGroup(before, draft, { add, remove }, stamp);
}
