/** Groups and their members: by the REST API, and by Mode's own SCIM for what that manages. */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../../../clock.ts';
import type { CapabilityBook } from '../../../provisioning/capability/capability-book.ts';
import type { Operation } from '../../../provisioning/model/operation.ts';
import { TargetError, type Applied } from '../../../provisioning/ports/target.ts';
import { fieldsOf, groupMembershipTokenOf, isActiveGroup, isManaged, textOf } from '../mode-json.ts';
import type { ModeApi } from '../mode-api.ts';
import { NotThisOne, ROUTE, serve } from '../mode-routes.ts';
import type { OwnGroups } from '../own-scim/own-groups.ts';
import type { MemberReads } from '../reads/read-members.ts';
import { readGroupMembers, readGroups } from '../reads/read-groups.ts';

const DELETE_POLLS = 12;
const DELETE_POLL_MS = 5_000;
const REMOVED = /^ \(removed \d{8}-[0-9a-f]{4}\)$/;
const REMOVED_LENGTH = ' (removed 20260101-abcd)'.length;

type Of<T extends Operation['type']> = Operation & { readonly type: T };

export interface GroupOperations {
  create(operation: Of<'create_group'>): Promise<Applied>;
  rename(operation: Of<'rename_group'>): Promise<Applied>;
  remove(operation: Of<'delete_group'>): Promise<Applied>;
  addMember(operation: Of<'add_group_member'>): Promise<Applied>;
  removeMember(operation: Of<'remove_group_member'>): Promise<Applied>;
}

export interface GroupParts {
  readonly api: ModeApi;
  readonly book: CapabilityBook;
  /** undefined: the bridge has no token of Mode's own SCIM. */
  readonly own: OwnGroups | undefined;
  /** The address of an account, as Mode shows it now. */
  readonly emailOf: MemberReads['emailOf'];
  readonly clock: Clock;
}

export function createGroupOperations({ api, book, own, emailOf, clock }: GroupParts): GroupOperations {
  /** Which of both a group belongs to is asked only where there are both. */
  async function inGroup(
    groupToken: string,
    byRest: () => Promise<Applied>,
    byOwnScim: (own: OwnGroups, name: string) => Promise<void>,
  ): Promise<Applied> {
    const record = own === undefined ? undefined : await unlessGone(api.get(api.groupPath(groupToken)));
    const name = textOf(fieldsOf(record)['name']);
    if (own === undefined || name === null || !isManaged(record)) {
      return serve(book, { capability: 'groups', by: { [ROUTE.main]: byRest } });
    }
    const managed = () => byOwnScim(own, name).then(() => ({}));
    return serve(book, { capability: 'groups', by: { [ROUTE.ownScim]: managed } });
  }

  async function named(name: string): Promise<Applied> {
    // Mode's answer told no token: the list does.
    const found = (await readGroups(api, { ownsManaged: book.ownsManaged })).filter(
      (group) => group.name === name,
    );
    const [only] = found;
    if (only !== undefined && found.length === 1) return { groupToken: only.token };
    throw new TargetError('unavailable', `Mode made the group "${name}", and does not list it yet.`);
  }

  async function createByRest(name: string): Promise<Applied> {
    const answer = await api.write('POST', `/api/${api.workspace}/groups`, { user_group: { name } });
    const groupToken = textOf(fieldsOf(answer)['token']);
    return groupToken === null ? named(name) : { groupToken };
  }

  async function removeByRest(groupToken: string, name: string): Promise<Applied> {
    if (await gone(api, groupToken)) return {};
    const day = new Date(clock.now()).toISOString().slice(0, 10).replaceAll('-', '');
    // An earlier try that was refused has left its name.
    const unique = `${originalName(name)} (removed ${day}-${randomBytes(2).toString('hex')})`;
    await api.write('PATCH', api.groupPath(groupToken), { user_group: { name: unique } });
    await unlessGone(api.write('DELETE', api.groupPath(groupToken)));
    for (let poll = 0; poll < DELETE_POLLS; poll += 1) {
      if (await gone(api, groupToken)) return {};
      await clock.sleep(DELETE_POLL_MS);
    }
    throw new TargetError('refused', `Mode accepted the deletion of the group "${name}", and still has it.`);
  }

  /** Every membership that the person has in the group. */
  async function removeMemberByRest(operation: Of<'remove_group_member'>): Promise<Applied> {
    const { groupToken, memberToken, groupMembershipToken } = operation;
    const tokens =
      groupMembershipToken === null ? await tokensOf(api, groupToken, memberToken) : [groupMembershipToken];
    for (const token of tokens) {
      const path = api.groupPath(groupToken, `/memberships/${encodeURIComponent(token)}`);
      await unlessGone(api.write('DELETE', path));
    }
    return {};
  }

  async function addMemberByRest(groupToken: string, memberToken: string): Promise<Applied> {
    const body = { membership: { member_token: memberToken } };
    try {
      const answer = await api.write('POST', api.groupPath(groupToken, '/memberships'), body);
      const groupMembershipToken = groupMembershipTokenOf(answer);
      return groupMembershipToken === null ? {} : { groupMembershipToken };
    } catch (error) {
      if (!(error instanceof TargetError) || error.kind !== 'refused') throw error;
      // Refused because they are in it already is no failure: only the list tells.
      const [groupMembershipToken] = await tokensOf(api, groupToken, memberToken);
      if (groupMembershipToken === undefined) throw error;
      return { groupMembershipToken };
    }
  }

  async function address(memberToken: string): Promise<string> {
    const email = await emailOf(memberToken);
    if (email === undefined) throw new NotThisOne('Mode does not tell the address of the person.');
    return email;
  }

  return {
    create: ({ name }) =>
      serve(book, {
        capability: 'groups',
        by: {
          [ROUTE.main]: () => createByRest(name),
          ...(own === undefined ? {} : { [ROUTE.ownScim]: () => own.create(name).then(() => named(name)) }),
        },
      }),

    rename: ({ groupToken, name }) =>
      inGroup(
        groupToken,
        async () => {
          await api.write('PATCH', api.groupPath(groupToken), { user_group: { name } });
          return {};
        },
        (groups, before) => groups.rename(before, name),
      ),

    /**
     * Renames, deletes, and looks until the group is gone: Mode accepts the deletion of a group whose name a deleted
     * one had, and does nothing. @throws TargetError refused when the group is still there after a minute
     */
    remove: ({ groupToken, name }) =>
      inGroup(
        groupToken,
        () => removeByRest(groupToken, name),
        (groups, before) => groups.remove(before),
      ),

    addMember: ({ groupToken, memberToken }) =>
      inGroup(
        groupToken,
        () => addMemberByRest(groupToken, memberToken),
        async (groups, name) => groups.addMember(name, await address(memberToken)),
      ),

    removeMember: (operation) =>
      inGroup(
        operation.groupToken,
        () => removeMemberByRest(operation),
        async (groups, name) => groups.removeMember(name, await address(operation.memberToken)),
      ),
  };
}

async function tokensOf(api: ModeApi, groupToken: string, memberToken: string): Promise<readonly string[]> {
  const rows = await unlessGone(readGroupMembers(api, groupToken));
  return (rows ?? [])
    .filter((row) => row.memberToken === memberToken)
    .flatMap((row) => row.groupMembershipToken ?? []);
}

async function gone(api: ModeApi, groupToken: string): Promise<boolean> {
  const group = await unlessGone(api.get(api.groupPath(groupToken)));
  return group === undefined || !isActiveGroup(group);
}

/** What is not there any more need not be removed. */
async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof TargetError && error.kind === 'not_found') return undefined;
    throw error;
  }
}

/** The name without what earlier removals added to it. */
function originalName(name: string): string {
  let original = name;
  while (REMOVED.test(original.slice(-REMOVED_LENGTH))) original = original.slice(0, -REMOVED_LENGTH);
  return original;
}
