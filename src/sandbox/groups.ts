/** The simulated workspace's groups: soft deletion, and the trap of a name that was deleted before. */
import { forbidden, notFound, unprocessable } from './api-error.ts';
import { newToken } from './new-token.ts';

export interface Group {
  readonly token: string;
  name: string;
  state: 'active' | 'soft_deleted';
  /** Owned by Mode's own SCIM: refuses writes. */
  readonly managed: boolean;
  /** The built-in group that everybody is in: refuses writes. */
  readonly everyone: boolean;
  /** Account token to group-membership token. */
  readonly members: Map<string, string>;
}

export interface Groups {
  /** Active and deleted ones. */
  all(): readonly Group[];
  /** @throws ApiError 404 */
  get(token: string): Group;
  /** @throws ApiError 422 for an empty name or one that an active group has */
  create(name: string, given?: Partial<Group>): Group;
  rename(group: Group, name: string): void;
  /** A group whose name a deleted group had stays active, and nothing says so. */
  remove(group: Group): void;
  /** @returns the group-membership token @throws ApiError 404 for somebody who is no active member */
  addMember(group: Group, memberToken: string): string;
  removeMember(group: Group, groupMembershipToken: string): void;
  dropMember(memberToken: string): void;
}

export function createGroups(isActive: (memberToken: string) => boolean): Groups {
  const groups = new Map<string, Group>();

  function writable(group: Group): void {
    if (group.everyone) throw forbidden('This group is built in');
    if (group.managed) throw forbidden('This group is managed by SCIM');
    if (group.state !== 'active') throw notFound('Group');
  }

  function freeName(name: string, self?: Group): void {
    if (name.trim() === '') throw unprocessable('name', "can't be blank");
    const taken = [...groups.values()].some(
      (group) => group !== self && group.state === 'active' && group.name === name,
    );
    if (taken) throw unprocessable('name', 'has already been taken');
  }

  return {
    all: () => [...groups.values()],
    get: (token) => {
      const group = groups.get(token);
      if (group === undefined) throw notFound('Group');
      return group;
    },
    create: (name, given) => {
      freeName(name);
      const group: Group = {
        token: given?.token ?? newToken(),
        name,
        state: 'active',
        managed: given?.managed ?? false,
        everyone: given?.everyone ?? false,
        members: new Map(),
      };
      groups.set(group.token, group);
      return group;
    },
    rename: (group, name) => {
      writable(group);
      freeName(name, group);
      group.name = name;
    },
    remove: (group) => {
      writable(group);
      const trapped = [...groups.values()].some(
        (other) => other.state === 'soft_deleted' && other.name === group.name,
      );
      if (trapped) return;
      group.state = 'soft_deleted';
      group.members.clear();
    },
    addMember: (group, memberToken) => {
      writable(group);
      if (!isActive(memberToken)) throw notFound('Member');
      const token = group.members.get(memberToken) ?? newToken();
      group.members.set(memberToken, token);
      return token;
    },
    removeMember: (group, groupMembershipToken) => {
      writable(group);
      const entry = [...group.members].find(([, token]) => token === groupMembershipToken);
      if (entry === undefined) throw notFound('Membership');
      group.members.delete(entry[0]);
    },
    dropMember: (memberToken) => {
      for (const group of groups.values()) group.members.delete(memberToken);
    },
  };
}
