/** Reads the permissions on resources of one kind, and stores the changes. */
import type { ChangeDraft } from '../../directory/change.ts';
import type { Subject } from '../../directory/subject.ts';
import { mergePermissions } from '../../provisioning/observe/merge-permissions.ts';
import type {
  Accessor,
  ObservedPermission,
  ReadPermissions,
  ResourceKind,
} from '../../provisioning/model/permission.ts';
import { ROWS_NOT_UNDERSTOOD } from '../../provisioning/ports/target-facts.ts';
import type { WorkContext } from '../work-context.ts';

/** @throws TargetError when the resources cannot be listed, ShortReadError; nothing is written then */
export async function refreshPermissions(context: WorkContext, kind: ResourceKind): Promise<void> {
  const read = await context.target.readPermissions(kind);
  if (read.unread.size > 0) {
    context.log.warn(
      { kind, resources: [...read.unread] },
      'what some resources allow could not be read: the feed shows what it knew before',
    );
  }
  await noteNotUnderstood(context, kind, read.notUnderstood);
  await write(context, { kind, read, certain: false });
}

/** Logged once, when the first such rows appear. */
async function noteNotUnderstood(
  { workspace, store, target, clock, log }: WorkContext,
  kind: ResourceKind,
  count: number,
): Promise<void> {
  const name = ROWS_NOT_UNDERSTOOD[kind];
  const before = (await store.facts(workspace))[name] ?? 0;
  if (before === count) return;
  if (before === 0) {
    log.warn(
      { kind, rows: count },
      `${target.label} names who holds a permission in words that the bridge does not know`,
    );
  }
  await store.saveFacts(workspace, { [name]: count }, clock.now());
}

/** Deletes the stored permissions when they are no longer read. */
export async function forgetPermissions(context: WorkContext, kind: ResourceKind): Promise<void> {
  const read = { resources: [], permissions: [], unread: new Set<string>(), notUnderstood: 0 };
  await noteNotUnderstood(context, kind, 0);
  await write(context, { kind, read, certain: true });
}

interface Shown {
  readonly kind: ResourceKind;
  readonly read: ReadPermissions;
  /** Accepted, however short. */
  readonly certain: boolean;
}

async function write(context: WorkContext, { kind, read, certain }: Shown): Promise<void> {
  const { workspace, store, clock, shortReads } = context;
  const before = await store.permissions(workspace, kind);
  const merged = shortReads.check(kind, (believe) => mergePermissions(before, read, believe || certain));
  const { upsert, remove, granted, revoked } = merged;
  if ([upsert, remove, granted, revoked].every((list) => list.length === 0)) return;
  const subjects = await subjectsBehind(context, [...granted, ...revoked]);
  const permission =
    (what: 'mode.permission_added' | 'mode.permission_removed') => (one: ObservedPermission) => {
      const { resourceToken: resourceId, action, accessor } = one;
      const data = { resourceType: kind, resourceId, action, accessorToken: accessor.token };
      return { kind: what, subject: subjects.get(keyOf(accessor)) ?? null, data } satisfies ChangeDraft;
    };
  const resource = (resourceId: string, name: string | null): ChangeDraft => {
    return { kind: 'mode.resource_changed', subject: null, data: { resourceType: kind, resourceId, name } };
  };
  await store.record({
    workspace,
    at: clock.now(),
    permissions: { kind, ...merged },
    changes: [
      ...upsert.map(({ token, name }) => resource(token, name)),
      ...granted.map(permission('mode.permission_added')),
      ...revoked.map(permission('mode.permission_removed')),
      ...remove.map((token) => resource(token, null)),
    ],
  });
}

/** The directory's users and groups, by `keyOf` of their account or group on the target. */
async function subjectsBehind(
  { workspace, store }: WorkContext,
  permissions: readonly ObservedPermission[],
): Promise<ReadonlyMap<string, Subject>> {
  const tokens = { account: new Set<string>(), group: new Set<string>() };
  for (const { accessor } of permissions) tokens[accessor.kind].add(accessor.token);
  const behind = new Map<string, Subject>();
  if (tokens.account.size > 0) {
    // The key of a member who has an account is the account's token.
    for (const [token, { userId }] of await store.accountHolders(workspace)) {
      if (tokens.account.has(token))
        behind.set(keyOf({ kind: 'account', token }), { kind: 'user', id: userId });
    }
  }
  for (const [token, id] of await store.groupsBehind(workspace, [...tokens.group])) {
    behind.set(keyOf({ kind: 'group', token }), { kind: 'group', id });
  }
  return behind;
}

function keyOf({ kind, token }: Accessor): string {
  return `${kind} ${token}`;
}
