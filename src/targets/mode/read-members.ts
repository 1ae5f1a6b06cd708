/**
 * Lists everybody in the workspace. Which list a key may read differs: what the workspace's own links offer is tried
 * first, then the light list, then the full one with a look at each person's record for the address.
 */
import type { ObservedMember } from '../../provisioning/observed.ts';
import { TargetError } from '../../provisioning/target.ts';
import { fieldsOf, linkOf, listOf, memberOf, textOf } from './mode-json.ts';
import type { ModeApi } from './mode-api.ts';

const PARALLEL_READS = 4;

/** @throws TargetError when no list can be read: a refused list is never an empty one */
export async function readMembers(api: ModeApi): Promise<readonly ObservedMember[]> {
  const root = await api.get(`/api/${api.workspace}`);
  const lite = linkOf(root, 'memberships_lite') ?? `/api/${api.workspace}/memberships/lite`;
  const light = await unlessRefused(list(api, lite));
  if (light !== undefined) return light;
  const full = await list(api, linkOf(root, 'memberships') ?? `/api/${api.workspace}/memberships`);
  return withAddresses(api, full);
}

/** The full list, with the memberships' own tokens, former members too where Mode offers it. @throws TargetError */
export async function readMemberships(api: ModeApi): Promise<readonly ObservedMember[]> {
  const root = await api.get(`/api/${api.workspace}`);
  const plain = `/api/${api.workspace}/memberships`;
  return list(api, linkOf(root, 'all_memberships') ?? linkOf(root, 'memberships') ?? plain);
}

async function list(api: ModeApi, path: string): Promise<readonly ObservedMember[]> {
  const rows = listOf(`GET ${path}`, await api.get(path), 'memberships');
  return rows.flatMap((row) => memberOf(row) ?? []);
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

/** The address stands in the person's own record, for those who may be seen. */
async function withAddresses(
  api: ModeApi,
  members: readonly ObservedMember[],
): Promise<readonly ObservedMember[]> {
  const complete: ObservedMember[] = [];
  for (let from = 0; from < members.length; from += PARALLEL_READS) {
    const piece = members.slice(from, from + PARALLEL_READS);
    complete.push(...(await Promise.all(piece.map((member) => withAddress(api, member)))));
  }
  return complete;
}

async function withAddress(api: ModeApi, member: ObservedMember): Promise<ObservedMember> {
  if (member.email !== null || member.username === null) return member;
  const record = fieldsOf(await unlessRefused(api.get(`/api/${encodeURIComponent(member.username)}`)));
  return { ...member, email: textOf(record['email']), name: textOf(record['name']) ?? member.name };
}
