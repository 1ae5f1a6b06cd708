/** The simulated workspace: its members and groups, and the rules for changing them. In memory. */
import type { Clock } from '../../../clock.ts';
import { notFound, refusal, unprocessable } from '../api/api-error.ts';
import { createGroups, type Groups } from './groups.ts';
import { createInvites, type Invites } from './invites.ts';
import type { Member } from './member.ts';
import type { NewToken } from './new-token.ts';
import { createPeople, type People } from './people.ts';
import type { Accessor } from './permissions.ts';
import type { Quirks } from '../behaviour/quirks.ts';
import { createDataSources, createSpaces, type DataSource, type Resources, type Space } from './resources.ts';

export interface Workspace {
  readonly groups: Groups;
  readonly people: People;
  readonly invites: Invites;
  readonly spaces: Resources<Space>;
  readonly dataSources: Resources<DataSource>;
  /** @throws ApiError 404 */
  memberByMembership(token: string): Member;
  /** @throws ApiError 404 */
  memberByEmail(email: string): Member;
  /** The first admin: owns the member key, and is shown as the creator of what the workspace key creates. */
  owner(): Member | undefined;
  /** Whether a permission's holder exists: a person with a record, or an active group. */
  hasAccessor(accessor: Accessor): boolean;
  add(member: Partial<Member> & { email: string }): Member;
  /** @throws ApiError 422 for the last admin */
  setAdmin(member: Member, admin: boolean): void;
  /** @param left whether the record stays; default: the quirk `membership_delete` @throws ApiError 422 for the last admin */
  remove(member: Member, left?: Quirks['membership_delete']): void;
  unban(member: Member): void;
  /** Applies what is due by now. @param acceptAfterMs time until an invite is accepted; undefined: never */
  settle(acceptAfterMs: number | undefined): void;
}

export function createWorkspace(clock: Clock, quirks: () => Quirks, newToken: NewToken): Workspace {
  const { now } = clock;
  const people = createPeople(newToken);
  const stateOf = (memberToken: string) => people.byToken(memberToken)?.state;
  const groups = createGroups({ now, quirks, newToken, stateOf });
  const forget = (member: Member) => {
    groups.dropMember(member.memberToken);
    people.forget(member);
  };
  const invites = createInvites({ now, quirks, newToken, people, forget });

  function assertNotLastAdmin(member: Member): void {
    if (!member.admin || member.state !== 'active') return;
    const other = people.find((each) => each !== member && each.admin && each.state === 'active');
    if (other === undefined)
      throw unprocessable('admin', 'the last admin of a workspace cannot be removed or demoted');
  }

  /** Only Mode's own SCIM can change what it manages. */
  function assertWritable(member: Member): void {
    if (member.managedByScim) throw refusal(quirks().managed_refusal, 'membership', 'is managed by SCIM');
  }

  return {
    groups,
    people,
    invites,
    spaces: createSpaces(newToken),
    dataSources: createDataSources(now, newToken),
    memberByMembership: (token) => {
      const member = people.byMembership(token);
      if (member === undefined) throw notFound('Membership');
      return member;
    },
    memberByEmail: (email) => {
      const member = people.byEmail(email);
      if (member === undefined) throw notFound(`Member ${email}`);
      return member;
    },
    owner: () => people.find((member) => member.admin && member.state === 'active'),
    hasAccessor: ({ accessorType, accessorToken: token }) =>
      accessorType === 'Account'
        ? people.byToken(token) !== undefined
        : groups.all().some((group) => group.token === token && group.state === 'active'),
    add: (member) => people.add(member, now()),

    setAdmin: (member, admin) => {
      assertWritable(member);
      if (!admin) assertNotLastAdmin(member);
      member.admin = admin;
    },
    remove: (member, left = quirks().membership_delete) => {
      assertWritable(member);
      assertNotLastAdmin(member);
      invites.cancel(member);
      member.state = 'banned';
      member.admin = false;
      member.bannedAt = now();
      if (quirks().removed_member_groups === 'dropped') groups.dropMember(member.memberToken);
      if (left === 'vanish') forget(member);
    },
    unban: (member) => {
      member.state = 'active';
      member.activatedAt = now();
      member.bannedAt = null;
    },
    settle: (acceptAfterMs) => {
      groups.settle();
      invites.settle(acceptAfterMs);
    },
  };
}
