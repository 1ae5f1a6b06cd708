/**
 * Lists everybody in the workspace. Which list a key may read differs: what served before is read again, else the light
 * list is tried, then the full one with a look at each person's record for the address.
 */
import type { CapabilityBook } from '../../provisioning/capability-book.ts';
import type { ObservedMember } from '../../provisioning/observed.ts';
import { TargetError } from '../../provisioning/target.ts';
import { fieldsOf, listOf, memberOf, textOf } from './mode-json.ts';
import type { KeyName, ModeApi } from './mode-api.ts';
import { ROUTE, serve } from './mode-routes.ts';
import { scimIsOn, type WorkspaceRoot } from './workspace-root.ts';

const PARALLEL_READS = 4;

export interface MemberReads {
  /**
   * @param known whose addresses need not be asked for again
   * @throws TargetError when no list can be read: a refused list is never an empty one
   */
  members(known?: readonly ObservedMember[]): Promise<readonly ObservedMember[]>;
  /** The full list, with the memberships' own tokens, former members too where Mode offers it. @throws TargetError */
  memberships(): Promise<readonly ObservedMember[]>;
  /** The address that the last list had for an account. */
  emailOf(memberToken: string): string | undefined;
}

export function createMemberReads(api: ModeApi, root: WorkspaceRoot, book: CapabilityBook): MemberReads {
  const base = `/api/${api.workspace}/memberships`;
  let emails: ReadonlyMap<string, string> = new Map();

  async function list(path: string, key: KeyName = 'main key'): Promise<readonly ObservedMember[]> {
    const rows = listOf(`GET ${path}`, await api.get(path, { key }), 'memberships');
    return rows.flatMap((row) => memberOf(row) ?? []);
  }

  async function light(key?: KeyName): Promise<readonly ObservedMember[]> {
    const rows = await list(await root.path('memberships_lite', `${base}/lite`), key);
    return scimIsOn(await root.read()) ? withManaged(rows) : rows;
  }

  /** Who is managed by Mode's own SCIM stands in the full list alone, for keys that may read it. */
  async function withManaged(rows: readonly ObservedMember[]): Promise<readonly ObservedMember[]> {
    const full = await unlessRefused(root.path('memberships', base).then((path) => list(path)));
    const known = new Map(full?.map((member) => [member.memberToken, member]));
    return rows.map((row) => {
      const same = row.memberToken === null ? undefined : known.get(row.memberToken);
      if (same === undefined) return row;
      const membershipToken = row.membershipToken ?? same.membershipToken;
      return { ...row, membershipToken, managedByScim: row.managedByScim || same.managedByScim };
    });
  }

  /** The address stands in the person's own record, for those who may be seen; it is asked for once. */
  async function withAddresses(
    members: readonly ObservedMember[],
    known: readonly ObservedMember[],
  ): Promise<readonly ObservedMember[]> {
    const before = new Map(known.map((member) => [member.username, member]));
    const complete: ObservedMember[] = [];
    for (let from = 0; from < members.length; from += PARALLEL_READS) {
      const piece = members.slice(from, from + PARALLEL_READS);
      complete.push(
        ...(await Promise.all(piece.map((member) => withAddress(member, before.get(member.username))))),
      );
    }
    return complete;
  }

  async function withAddress(
    member: ObservedMember,
    known: ObservedMember | undefined,
  ): Promise<ObservedMember> {
    if (member.email !== null || member.username === null) return member;
    if (known?.email != null) return { ...member, email: known.email, name: member.name ?? known.name };
    const record = fieldsOf(await unlessRefused(api.get(`/api/${encodeURIComponent(member.username)}`)));
    return { ...member, email: textOf(record['email']), name: textOf(record['name']) ?? member.name };
  }

  return {
    members: async (known = []) => {
      const members = await serve(book, {
        capability: 'list_members',
        by: {
          [ROUTE.lite]: () => light(),
          [ROUTE.full]: async () => withAddresses(await list(await root.path('memberships', base)), known),
          [ROUTE.liteAsInviter]: () => light('inviter key'),
        },
        alsoRefusals: isRefusal,
      }).catch(async (error: unknown) => {
        // The links may be others by now.
        root.forget();
        throw error instanceof TargetError && error.kind === 'forbidden' ? await api.judge(error) : error;
      });
      emails = new Map(
        members.flatMap(({ memberToken, email }) =>
          memberToken === null || email === null ? [] : [[memberToken, email] as const],
        ),
      );
      return members;
    },
    memberships: async () => list(await root.path('all_memberships', await root.path('memberships', base))),
    emailOf: (memberToken) => emails.get(memberToken),
  };
}

/** A list that is not there for this key: 404 here never means that there is nobody. */
function isRefusal({ kind }: TargetError): boolean {
  return kind === 'not_found' || kind === 'refused';
}

async function unlessRefused<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof TargetError && (error.kind === 'forbidden' || isRefusal(error))) return undefined;
    throw error;
  }
}
