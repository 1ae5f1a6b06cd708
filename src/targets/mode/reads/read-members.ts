/**
 * Reads the members of the workspace. Keys differ in the lists that they can read. The list that worked before is used
 * first. Otherwise `memberships/lite` is tried, then `memberships` with each person's user record for the e-mail address.
 */
import type { Clock } from '../../../clock.ts';
import type { CapabilityBook } from '../../../provisioning/capability/capability-book.ts';
import type { ObservedMember, ReadHow } from '../../../provisioning/model/observed.ts';
import { fillProfile } from '../../../provisioning/model/profile.ts';
import { readInParallel } from '../../../provisioning/observe/read-in-parallel.ts';
import { TargetError } from '../../../provisioning/ports/target.ts';
import { listOf, memberOf, profileIn } from '../mode-json.ts';
import type { KeyName, ModeApi } from '../mode-api.ts';
import { ROUTE, tryRoutes } from '../mode-routes.ts';
import { shareReads } from '../client/shared-read.ts';
import { unlessRefused } from './unless-refused.ts';
import { scimIsOn, type WorkspaceRoot } from '../workspace-root.ts';

export interface MemberReads {
  /**
   * @param known members whose user records need not be read again
   * @throws TargetError when no list can be read; a refused list is never an empty list
   */
  members(known?: readonly ObservedMember[]): Promise<readonly ObservedMember[]>;
  /** The full list, with membership tokens, and with former members where Mode has that list. @throws TargetError */
  memberships(): Promise<readonly ObservedMember[]>;
  /** Finds missing members in the full list, when this key can read it and the last read used `memberships/lite`. */
  find(missing: readonly ObservedMember[]): Promise<readonly ObservedMember[]>;
  /**
   * The address of an account, from a list that is at most a minute old. When it is missing, the list is read again.
   * @returns undefined when Mode does not show it @throws TargetError
   */
  emailOf(accountId: string): Promise<string | undefined>;
  /** Call after changing an address: the next `emailOf` reads the list again. */
  forgetAddresses(): void;
}

/** How long `emailOf` uses an address. Kept short, because the address may pass to another person. */
const ADDRESSES_STAND_MS = 60_000;
/** How long an address from a user record is used for the list of members. People can change it in Mode. */
const RECORD_TTL_MS = 4 * 60 * 60_000;

export function createMemberReads(
  api: ModeApi,
  root: WorkspaceRoot,
  book: CapabilityBook,
  clock: Clock,
): MemberReads {
  const base = `/api/${api.workspace}/memberships`;
  let emails: { readonly byToken: ReadonlyMap<string, string>; readonly at: number } | undefined;
  let last: ReadHow | undefined;
  /** When each user record is due, by member token. Monotonic time. */
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
      // The cached link may be outdated. Only the current link shows whether the list exists.
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

  /** Only the full list shows who is managed by Mode's own SCIM, for keys that can read it. */
  async function withManaged(rows: readonly ObservedMember[]): Promise<readonly ObservedMember[]> {
    const full = await unlessRefused(
      root.path('memberships', base).then((path) => list(path, 'memberships')),
    );
    const known = new Map(full?.map((member) => [member.accountId, member]));
    return rows.map((row) => {
      const same = row.accountId === null ? undefined : known.get(row.accountId);
      if (same === undefined) return row;
      const membershipId = row.membershipId ?? same.membershipId;
      return { ...row, membershipId, managedElsewhere: row.managedElsewhere || same.managedElsewhere };
    });
  }

  /** Adds addresses from the user records. They need one call per person, so they are cached. */
  async function withAddresses(
    members: readonly ObservedMember[],
    known: readonly ObservedMember[],
  ): Promise<readonly ObservedMember[]> {
    const now = clock.monotonic();
    const before = new Map(known.map((member) => [member.accountId, member]));
    const next = new Map<string, number>();
    const complete: ObservedMember[] = [];
    await readInParallel([...members.entries()], async ([index, member]) => {
      const token = member.accountId ?? '';
      // Records that an earlier process read are read again spread over time, not all at once.
      const spread = (RECORD_TTL_MS * (index + 1)) / members.length;
      const due = nextRecordReads.get(token) ?? now + (before.has(token) ? spread : 0);
      const same = now < due ? before.get(token) : undefined;
      next.set(token, same === undefined ? now + RECORD_TTL_MS : due);
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
      return { ...member, ...fillProfile(member, known) };
    }
    const record = await unlessRefused(api.get(`/api/${encodeURIComponent(member.username)}`));
    return { ...member, ...fillProfile(profileIn(record), member) };
  }

  async function members(known: readonly ObservedMember[] = []): Promise<readonly ObservedMember[]> {
    const at = clock.now();
    const rows = await tryRoutes(book, {
      capability: 'list_members',
      attempts: {
        [ROUTE.lite]: () => light(),
        [ROUTE.full]: async () =>
          withAddresses(await list(await root.path('memberships', base), 'memberships'), known),
        [ROUTE.liteAsInviter]: () => light('inviter key'),
      },
      alsoRefusals: isRefusal,
    }).catch(async (error: unknown) => {
      // The cached links may be outdated.
      root.forget();
      throw error instanceof TargetError && error.kind === 'forbidden' ? await api.judge(error) : error;
    });
    last = rows[0]?.how;
    const byToken = new Map(
      rows.flatMap(({ accountId, email }) =>
        accountId === null || email === null ? [] : [[accountId, email] as const],
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
      const wanted = new Set(missing.map((member) => member.accountId));
      const full = await unlessRefused(allMemberships());
      return (full ?? []).filter((member) => member.accountId !== null && wanted.has(member.accountId));
    },
    emailOf: async (accountId) => {
      const current =
        emails !== undefined && clock.now() - emails.at < ADDRESSES_STAND_MS ? emails : undefined;
      const known = current?.byToken.get(accountId);
      if (known !== undefined) return known;
      await readForAddress();
      return emails?.byToken.get(accountId);
    },
    forgetAddresses: () => {
      emails = undefined;
    },
  };
}

/** A 404 means that this key cannot read the list, never that the list is empty. */
function isRefusal({ kind }: TargetError): boolean {
  return kind === 'not_found' || kind === 'refused';
}
