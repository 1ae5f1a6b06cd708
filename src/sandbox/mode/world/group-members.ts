/** Who is in one group: who really is, and who is shown while Mode's reads lag behind its writes. */
import type { NewToken } from './new-token.ts';

export interface GroupMembership {
  readonly token: string;
  readonly memberToken: string;
  /** Milliseconds since the epoch: shown from here on. */
  readonly from: number;
  /** Removed, and shown until then; undefined: not removed. */
  until?: number;
}

export interface GroupMembers {
  add(memberToken: string, from: number, token?: string): GroupMembership;
  /** Those of one person that are not removed: Mode may give somebody several. */
  ofMember(memberToken: string): readonly GroupMembership[];
  shown(now: number): readonly GroupMembership[];
  /** Shown or not. */
  get(token: string): GroupMembership | undefined;
  remove(membership: GroupMembership, until: number, now: number): void;
  /** The person's memberships are gone at once. */
  drop(memberToken: string): void;
  clear(): void;
  /** The people who are in it, each once. */
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
    shown: (now) => {
      const shown: GroupMembership[] = [];
      for (const row of rows.values()) {
        if (row.until !== undefined && now >= row.until) rows.delete(row.token);
        else if (now >= row.from) shown.push(row);
      }
      return shown;
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
