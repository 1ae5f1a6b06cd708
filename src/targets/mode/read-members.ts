/**
 * Lists everybody in the workspace. Which list a key may read differs: what the workspace's own links offer is tried
 * first, then the light list, then the full one with a look at each person's record for the address. What worked is
 * remembered, so that a read is one call; it is looked for again when it is refused.
 */
import type { ObservedMember, ReadHow } from '../../provisioning/observed.ts';
import { TargetError } from '../../provisioning/target.ts';
import { fieldsOf, linkOf, listOf, memberOf, textOf } from './mode-json.ts';
import type { ModeApi } from './mode-api.ts';

const PARALLEL_READS = 4;

interface Route {
  readonly path: string;
  readonly how: ReadHow;
}

export interface MemberReader {
  /**
   * @param known whose addresses need not be asked for
   * @throws TargetError when no list can be read: a refused list is never an empty one
   */
  read(known?: readonly ObservedMember[]): Promise<readonly ObservedMember[]>;
  /** Those of the missing whom the full list has, when this key may read it. */
  find(missing: readonly ObservedMember[]): Promise<readonly ObservedMember[]>;
}

export function memberReader(api: ModeApi): MemberReader {
  let route: Route | undefined;

  async function listed(): Promise<readonly ObservedMember[]> {
    const before = route;
    const rows = before === undefined ? undefined : await unlessRefused(list(api, before));
    if (rows !== undefined) return rows;
    route = undefined;
    const [found, members] = await findRoute(api);
    route = found;
    return members;
  }

  return {
    read: async (known = []) => {
      const rows = await listed();
      return rows.some((member) => member.email === null) ? withAddresses(api, rows, known) : rows;
    },
    find: async (missing) => {
      if (route?.how !== 'lite') return [];
      const wanted = new Set(missing.map((member) => member.memberToken));
      const full = await unlessRefused(readMemberships(api));
      return (full ?? []).filter((member) => member.memberToken !== null && wanted.has(member.memberToken));
    },
  };
}

async function findRoute(api: ModeApi): Promise<readonly [Route, readonly ObservedMember[]]> {
  const root = await api.get(`/api/${api.workspace}`);
  const plain = `/api/${api.workspace}/memberships`;
  const lite: Route = { path: linkOf(root, 'memberships_lite') ?? `${plain}/lite`, how: 'lite' };
  const light = await unlessRefused(list(api, lite));
  if (light !== undefined) return [lite, light];
  const full: Route = { path: linkOf(root, 'memberships') ?? plain, how: 'memberships' };
  return [full, await list(api, full)];
}

/** Everybody the bridge can be told of, by whichever list works. @throws TargetError */
export async function readMembers(api: ModeApi): Promise<readonly ObservedMember[]> {
  return memberReader(api).read();
}

/** The full list, with the memberships' own tokens, former members too where Mode offers it. @throws TargetError */
export async function readMemberships(api: ModeApi): Promise<readonly ObservedMember[]> {
  const root = await api.get(`/api/${api.workspace}`);
  const plain = `/api/${api.workspace}/memberships`;
  const path = linkOf(root, 'all_memberships') ?? linkOf(root, 'memberships') ?? plain;
  return list(api, { path, how: 'memberships' });
}

async function list(api: ModeApi, { path, how }: Route): Promise<readonly ObservedMember[]> {
  const rows = listOf(`GET ${path}`, await api.get(path), 'memberships');
  return rows.flatMap((row) => {
    const member = memberOf(row);
    return member === undefined ? [] : [{ ...member, how }];
  });
}

async function unlessRefused<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof TargetError && ['not_found', 'forbidden', 'refused'].includes(error.kind))
      return undefined;
    throw error;
  }
}

/** The address stands in the person's own record, for those who may be seen; it is asked for once. */
async function withAddresses(
  api: ModeApi,
  members: readonly ObservedMember[],
  known: readonly ObservedMember[],
): Promise<readonly ObservedMember[]> {
  const before = new Map(known.map((member) => [member.memberToken, member]));
  const complete: ObservedMember[] = [];
  const reading = [...members.entries()];
  const reader = async () => {
    for (let next = reading.shift(); next !== undefined; next = reading.shift()) {
      const [index, member] = next;
      const same = member.memberToken === null ? undefined : before.get(member.memberToken);
      complete[index] = await withAddress(api, member, same);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_READS }, reader));
  return complete;
}

async function withAddress(
  api: ModeApi,
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
