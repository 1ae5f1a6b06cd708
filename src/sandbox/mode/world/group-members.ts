/** Members of one group: the real ones, and the ones that reads show while they lag behind writes. */
import type { NewToken } from './new-token.ts';

export interface GroupMembership {
  readonly token: string;
  readonly memberToken: string;
  /** Listed from this time, in milliseconds since the epoch. */
  readonly from: number;
  /** Set when removed: listed until this time. */
  until?: number;
}

export interface GroupMembers {
  add(memberToken: string, from: number, token?: string): GroupMembership;
  /** One person's memberships that are not removed. Mode may create several for one person. */
  ofMember(memberToken: string): readonly GroupMembership[];
  /** The memberships that a read returns. */
  listed(now: number): readonly GroupMembership[];
  /** Listed or not. */
  get(token: string): GroupMembership | undefined;
  remove(membership: GroupMembership, until: number, now: number): void;
  /** Deletes the person's memberships at once, without lag. */
  drop(memberToken: string): void;
  clear(): void;
  /** The real members, each once. */
  memberTokens(): readonly string[];
}

export function createGroupMembers(newToken: NewToken): GroupMembers {
  const rows = new Map<string, GroupMembership>();
  const byMember = new Map<string, readonly GroupMembership[]>();

  function unlink(row: GroupMembership): void {
    const rest = (byMember.get(row.memberToken) ?? []).filter((each) => each !== row);
    if (rest.length === 0) byMember.delete(row.memberToken);
    else byMember.set(row.memberToken, rest);
  }

  return {
    add: (memberToken, from, token = newToken()) => {
      const row = { token, memberToken, from };
      rows.set(token, row);
      byMember.set(memberToken, [...(byMember.get(memberToken) ?? []), row]);
      return row;
    },
    ofMember: (memberToken) => byMember.get(memberToken) ?? [],
    listed: (now) => {
      const listed: GroupMembership[] = [];
      for (const row of rows.values()) {
        if (row.until !== undefined && now >= row.until) rows.delete(row.token);
        else if (now >= row.from) listed.push(row);
      }
      return listed;
    },
    get: (token) => rows.get(token),
    remove: (row, until, now) => {
      unlink(row);
      row.until = until;
      if (now >= until) rows.delete(row.token);
    },
    drop: (memberToken) => {
      for (const row of byMember.get(memberToken) ?? []) rows.delete(row.token);
      byMember.delete(memberToken);
    },
    clear: () => {
      rows.clear();
      byMember.clear();
    },
    memberTokens: () => [...byMember.keys()],
  };
}
