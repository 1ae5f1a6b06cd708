/** Writes groups and their members: through the REST API, or through Mode's own SCIM for groups that it manages. */
import type { Clock } from '../../../clock.ts';
import type { CapabilityBook } from '../../../provisioning/capability/capability-book.ts';
import type { Operation } from '../../../provisioning/model/operation.ts';
import { TargetError, type Applied } from '../../../provisioning/ports/target.ts';
import { fieldsOf, groupMembershipTokenOf, isActiveGroup, isManaged, textOf } from '../mode-json.ts';
import type { ModeApi } from '../mode-api.ts';
import { RouteNotApplicable, ROUTE, tryRoutes } from '../mode-routes.ts';
import type { OwnGroups } from '../own-scim/own-groups.ts';
import type { MemberReads } from '../reads/read-members.ts';
import { readGroupMembers, readGroups } from '../reads/read-groups.ts';
import type { Random } from '../../../random.ts';

const DELETE_POLLS = 12;
const DELETE_POLL_MS = 5_000;
const REMOVED = /^ \(removed \d{8}-[0-9a-f]{4}\)$/;
const REMOVED_LENGTH = ' (removed 20260101-abcd)'.length;

type OperationOf<T extends Operation['type']> = Operation & { readonly type: T };

export interface GroupOperations {
  create(operation: OperationOf<'create_group'>): Promise<Applied>;
  rename(operation: OperationOf<'rename_group'>): Promise<Applied>;
  remove(operation: OperationOf<'delete_group'>): Promise<Applied>;
  addMember(operation: OperationOf<'add_group_member'>): Promise<Applied>;
  removeMember(operation: OperationOf<'remove_group_member'>): Promise<Applied>;
}

export interface GroupParts {
  readonly api: ModeApi;
  readonly book: CapabilityBook;
  /** undefined when the bridge has no token for Mode's own SCIM. */
  readonly ownGroups: OwnGroups | undefined;
  /** The current address of an account in Mode. */
  readonly emailOf: MemberReads['emailOf'];
  readonly clock: Clock;
  readonly random: Random;
}

export function createGroupOperations({
  api,
  book,
  ownGroups,
  emailOf,
  clock,
  random,
}: GroupParts): GroupOperations {
  /** Reads which API manages the group only when the bridge can use both. */
  async function inGroup(
    targetGroupId: string,
    viaRest: () => Promise<Applied>,
    viaOwnScim: (ownGroups: OwnGroups, name: string) => Promise<void>,
  ): Promise<Applied> {
    const record =
      ownGroups === undefined ? undefined : await unlessGone(api.get(api.groupPath(targetGroupId)));
    const name = textOf(fieldsOf(record)['name']);
    if (ownGroups === undefined || name === null || !isManaged(record)) {
      return tryRoutes(book, { capability: 'groups', attempts: { [ROUTE.main]: viaRest } });
    }
    const managed = () => viaOwnScim(ownGroups, name).then(() => ({}));
    return tryRoutes(book, { capability: 'groups', attempts: { [ROUTE.ownScim]: managed } });
  }

  async function named(name: string): Promise<Applied> {
    // Mode's response had no token, so it comes from the list.
    const found = (await readGroups(api, { ownsManaged: book.ownsManaged })).filter(
      (group) => group.name === name,
    );
    const [only] = found;
    if (only !== undefined && found.length === 1) return { targetGroupId: only.token };
    throw new TargetError('unavailable', `Mode created the group "${name}", but does not list it yet.`);
  }

  async function createViaRest(name: string): Promise<Applied> {
    const answer = await api.write('POST', `/api/${api.workspace}/groups`, { user_group: { name } });
    const targetGroupId = textOf(fieldsOf(answer)['token']);
    return targetGroupId === null ? named(name) : { targetGroupId };
  }

  async function removeViaRest(targetGroupId: string, name: string): Promise<Applied> {
    if (await gone(api, targetGroupId)) return {};
    const day = new Date(clock.now()).toISOString().slice(0, 10).replaceAll('-', '');
    // An earlier failed attempt may have left its suffix.
    const unique = `${originalName(name)} (removed ${day}-${Buffer.from(random.bytes(2)).toString('hex')})`;
    await api.write('PATCH', api.groupPath(targetGroupId), { user_group: { name: unique } });
    await unlessGone(api.write('DELETE', api.groupPath(targetGroupId)));
    for (let poll = 0; poll < DELETE_POLLS; poll += 1) {
      if (await gone(api, targetGroupId)) return {};
      await clock.sleep(DELETE_POLL_MS);
    }
    throw new TargetError(
      'refused',
      `Mode accepted the deletion of the group "${name}", but the group still exists.`,
    );
  }

  /** Removes all memberships of the person in the group. */
  async function removeMemberViaRest(operation: OperationOf<'remove_group_member'>): Promise<Applied> {
    const { targetGroupId, accountId, groupMembershipId } = operation;
    const tokens =
      groupMembershipId === null ? await tokensOf(api, targetGroupId, accountId) : [groupMembershipId];
    for (const token of tokens) {
      const path = api.groupPath(targetGroupId, `/memberships/${encodeURIComponent(token)}`);
      await unlessGone(api.write('DELETE', path));
    }
    return {};
  }

  async function addMemberViaRest(targetGroupId: string, accountId: string): Promise<Applied> {
    const body = { membership: { member_token: accountId } };
    try {
      const answer = await api.write('POST', api.groupPath(targetGroupId, '/memberships'), body);
      const groupMembershipId = groupMembershipTokenOf(answer);
      return groupMembershipId === null ? {} : { groupMembershipId };
    } catch (error) {
      if (!(error instanceof TargetError) || error.kind !== 'refused') throw error;
      // "Already a member" is a success. Only the list shows whether that was the reason.
      const [groupMembershipId] = await tokensOf(api, targetGroupId, accountId);
      if (groupMembershipId === undefined) throw error;
      return { groupMembershipId };
    }
  }

  async function address(accountId: string): Promise<string> {
    const email = await emailOf(accountId);
    if (email === undefined) throw new RouteNotApplicable('Mode does not show the address of the person.');
    return email;
  }

  return {
    create: ({ name }) =>
      tryRoutes(book, {
        capability: 'groups',
        attempts: {
          [ROUTE.main]: () => createViaRest(name),
          ...(ownGroups === undefined
            ? {}
            : { [ROUTE.ownScim]: () => ownGroups.create(name).then(() => named(name)) }),
        },
      }),

    rename: ({ targetGroupId, name }) =>
      inGroup(
        targetGroupId,
        async () => {
          await api.write('PATCH', api.groupPath(targetGroupId), { user_group: { name } });
          return {};
        },
        (groups, before) => groups.rename(before, name),
      ),

    /**
     * Renames and deletes the group, then polls until it is gone. The rename is needed because Mode accepts the deletion of
     * a group that has the name of a deleted group, but does nothing.
     * @throws TargetError refused when the group still exists after a minute
     */
    remove: ({ targetGroupId, name }) =>
      inGroup(
        targetGroupId,
        () => removeViaRest(targetGroupId, name),
        (groups, before) => groups.remove(before),
      ),

    addMember: ({ targetGroupId, accountId }) =>
      inGroup(
        targetGroupId,
        () => addMemberViaRest(targetGroupId, accountId),
        async (groups, name) => groups.addMember(name, await address(accountId)),
      ),

    removeMember: (operation) =>
      inGroup(
        operation.targetGroupId,
        () => removeMemberViaRest(operation),
        async (groups, name) => groups.removeMember(name, await address(operation.accountId)),
      ),
  };
}

async function tokensOf(api: ModeApi, targetGroupId: string, accountId: string): Promise<readonly string[]> {
  const rows = await unlessGone(readGroupMembers(api, targetGroupId));
  return (rows ?? [])
    .filter((row) => row.accountId === accountId)
    .flatMap((row) => row.groupMembershipId ?? []);
}

async function gone(api: ModeApi, targetGroupId: string): Promise<boolean> {
  const group = await unlessGone(api.get(api.groupPath(targetGroupId)));
  return group === undefined || !isActiveGroup(group);
}

/** @returns undefined on a 404 */
async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof TargetError && error.kind === 'not_found') return undefined;
    throw error;
  }
}

/** The name without the suffixes of earlier removals. */
function originalName(name: string): string {
  let original = name;
  while (REMOVED.test(original.slice(-REMOVED_LENGTH))) original = original.slice(0, -REMOVED_LENGTH);
  return original;
}
