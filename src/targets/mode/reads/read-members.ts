/**
 * Lists everybody in the workspace. Which list a key may read differs: what served before is read again, else the light
 * list is tried, then the full one with a look at each person's record for the address.
 */
import type { Clock } from '../../../clock.ts';
import type { CapabilityBook } from '../../../provisioning/capability/capability-book.ts';
import type { ObservedMember, ReadHow } from '../../../provisioning/model/observed.ts';
import { readInParallel } from '../../../provisioning/observe/read-in-parallel.ts';
import { TargetError } from '../../../provisioning/ports/target.ts';
import { fieldsOf, listOf, memberOf, textOf } from '../mode-json.ts';
import type { KeyName, ModeApi } from '../mode-api.ts';
import { ROUTE, serve } from '../mode-routes.ts';
import { shareReads } from '../client/shared-read.ts';
import { unlessRefused } from './unless-refused.ts';
import { scimIsOn, type WorkspaceRoot } from '../workspace-root.ts';

export interface MemberReads {
  /**
   * @param known whose addresses need not be asked for again
   * @throws TargetError when no list can be read: a refused list is never an empty one
   */
  members(known?: readonly ObservedMember[]): Promise<readonly ObservedMember[]>;
  /** The full list, with the memberships' own tokens, former members too where Mode offers it. @throws TargetError */
  memberships(): Promise<readonly ObservedMember[]>;
  /** Those of the missing whom the full list has, when this key may read it and the last list was the light one. */
  find(missing: readonly ObservedMember[]): Promise<readonly ObservedMember[]>;
  /**
   * The address of an account, from a list that is at most a minute old; a miss reads the list again.
   * @returns undefined when Mode shows none. @throws TargetError
   */
  emailOf(memberToken: string): Promise<string | undefined>;
  /** An address was changed: the next question about an address reads the list again. */
  forgetAddresses(): void;
}

/** How long an address is used to name a person. Another person may have it after that. */
const ADDRESSES_STAND_MS = 60_000;
/** How long an address from a person's record is used for the list of members. A person may change it in Mode. */
const RECORD_STANDS_MS = 4 * 60 * 60_000;

export function createMemberReads(
  api: ModeApi,
  root: WorkspaceRoot,
  book: CapabilityBook,
  clock: Clock,
): MemberReads {
  const base = `/api/${api.workspace}/memberships`;
  let emails: { readonly byToken: ReadonlyMap<string, string>; readonly at: number } | undefined;
  let last: ReadHow | undefined;
  /** When each person's record is read again, by the token of the member. Monotonic time. */
  let nextRecordReads: ReadonlyMap<string, number> = new Map();

  async function list(
    path: string,
    how: ReadHow,
    key: KeyName = 'main key',
  ): Promise<readonly ObservedMember[]> {
    const rows = listOf(`GET ${path}`, await api.get(path, { key }), 'memberships');
    return rows.flatMap((row) => {
      const member = memberOf(row);
      return member === undefined ? [] : [{ ...member, how }];
    });
  }

  async function allMemberships(): Promise<readonly ObservedMember[]> {
    const path = async () => root.path('all_memberships', await root.path('memberships', base));
    const before = await path();
    try {
      return await list(before, 'memberships');
    } catch (error) {
      if (!(error instanceof TargetError) || error.kind !== 'not_found') throw error;
      // The link may be an old one: only the link that Mode gives now tells whether the list is there.
      root.forget();
      const now = await path();
      if (now === before) throw error;
      return list(now, 'memberships');
    }
  }

  async function light(key?: KeyName): Promise<readonly ObservedMember[]> {
    const rows = await list(await root.path('memberships_lite', `${base}/lite`), 'lite', key);
    return scimIsOn(await root.read()) ? withManaged(rows) : rows;
  }

  /** Who is managed by Mode's own SCIM stands in the full list alone, for keys that may read it. */
  async function withManaged(rows: readonly ObservedMember[]): Promise<readonly ObservedMember[]> {
    const full = await unlessRefused(
      root.path('memberships', base).then((path) => list(path, 'memberships')),
    );
    const known = new Map(full?.map((member) => [member.memberToken, member]));
    return rows.map((row) => {
      const same = row.memberToken === null ? undefined : known.get(row.memberToken);
      if (same === undefined) return row;
      const membershipToken = row.membershipToken ?? same.membershipToken;
      return { ...row, membershipToken, managedByScim: row.managedByScim || same.managedByScim };
    });
  }

  /** The address stands in the person's own record, for those who may be seen. One call each: it is read now and then. */
  async function withAddresses(
    members: readonly ObservedMember[],
    known: readonly ObservedMember[],
  ): Promise<readonly ObservedMember[]> {
    const now = clock.monotonic();
    const before = new Map(known.map((member) => [member.memberToken, member]));
    const next = new Map<string, number>();
    const complete: ObservedMember[] = [];
    await readInParallel([...members.entries()], async ([index, member]) => {
      const token = member.memberToken ?? '';
      // What an earlier process read is read again spread over the time, not all at once.
      const spread = (RECORD_STANDS_MS * (index + 1)) / members.length;
      const due = nextRecordReads.get(token) ?? now + (before.has(token) ? spread : 0);
      const same = now < due ? before.get(token) : undefined;
      next.set(token, same === undefined ? now + RECORD_STANDS_MS : due);
      complete[index] = await withAddress(member, same);
    });
    nextRecordReads = next;
    return complete;
  }

  async function withAddress(
    member: ObservedMember,
    known: ObservedMember | undefined,
  ): Promise<ObservedMember> {
    if (member.email !== null || member.username === null) return member;
    if (known?.email != null && known.username === member.username) {
      return { ...member, email: known.email, name: member.name ?? known.name };
    }
    const record = fieldsOf(await unlessRefused(api.get(`/api/${encodeURIComponent(member.username)}`)));
    return { ...member, email: textOf(record['email']), name: textOf(record['name']) ?? member.name };
  }

  async function members(known: readonly ObservedMember[] = []): Promise<readonly ObservedMember[]> {
    const at = clock.now();
    const rows = await serve(book, {
      capability: 'list_members',
      by: {
        [ROUTE.lite]: () => light(),
        [ROUTE.full]: async () =>
          withAddresses(await list(await root.path('memberships', base), 'memberships'), known),
        [ROUTE.liteAsInviter]: () => light('inviter key'),
      },
      alsoRefusals: isRefusal,
    }).catch(async (error: unknown) => {
      // The links may be others by now.
      root.forget();
      throw error instanceof TargetError && error.kind === 'forbidden' ? await api.judge(error) : error;
    });
    last = rows[0]?.how;
    const byToken = new Map(
      rows.flatMap(({ memberToken, email }) =>
        memberToken === null || email === null ? [] : [[memberToken, email] as const],
      ),
    );
    emails = { byToken, at };
    return rows;
  }

  const readForAddress = shareReads(() => members());

  return {
    members,
    memberships: allMemberships,
    find: async (missing) => {
      if (last !== 'lite') return [];
      const wanted = new Set(missing.map((member) => member.memberToken));
      const full = await unlessRefused(allMemberships());
      return (full ?? []).filter((member) => member.memberToken !== null && wanted.has(member.memberToken));
    },
    emailOf: async (memberToken) => {
      const current =
        emails !== undefined && clock.now() - emails.at < ADDRESSES_STAND_MS ? emails : undefined;
      const known = current?.byToken.get(memberToken);
      if (known !== undefined) return known;
      await readForAddress();
      return emails?.byToken.get(memberToken);
    },
    forgetAddresses: () => {
      emails = undefined;
    },
  };
}

/** A list that is not there for this key: 404 here never means that there is nobody. */
function isRefusal({ kind }: TargetError): boolean {
  return kind === 'not_found' || kind === 'refused';
}
