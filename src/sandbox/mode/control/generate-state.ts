/** Generates a workspace of any size, always the same for the same numbers. For benchmarks and full syncs. Pure. */
import { Type, type Static } from 'typebox';
import { badRequest } from '../api/api-error.ts';
import type { StateDocument } from './state-document.ts';

const count = (maximum: number) => Type.Integer({ minimum: 0, maximum });

export const SeedSize = Type.Object(
  {
    /** The first member is an admin, because every workspace has one. */
    members: Type.Integer({ minimum: 1, maximum: 200_000 }),
    groups: Type.Optional(count(20_000)),
    /** Total of all groups. */
    memberships: Type.Optional(count(2_000_000)),
    spaces: Type.Optional(count(5_000)),
    data_sources: Type.Optional(count(5_000)),
    /** Domain of the e-mail addresses. */
    domain: Type.Optional(Type.String({ pattern: '^[a-z0-9.-]{1,100}$' })),
  },
  { additionalProperties: false },
);
export type SeedSize = Static<typeof SeedSize>;

/**
 * Members are `user1@...`, groups `Group 1` and so on. The memberships are spread evenly: groups have the same size, and
 * neighbouring groups overlap. @throws ApiError 400 when there are more memberships than members times groups
 */
export function generateState(size: SeedSize): StateDocument {
  const { members, groups = 0, memberships = 0, domain = 'acme.example' } = size;
  const { spaces = 0, data_sources: sources = 0 } = size;
  if (memberships > members * groups)
    throw badRequest(`${memberships} memberships are more than ${members} members times ${groups} groups`);
  const list = <T>(length: number, make: (index: number) => T) =>
    Array.from({ length }, (_, index) => make(index));
  const emails = list(members, (index) => `user${index + 1}@${domain}`);
  const permission = (index: number, action: string) =>
    groups === 0 ? [] : [{ action, group: `Group ${(index % groups) + 1}` }];

  return {
    members: emails.map((email, index) => ({ email, name: `User ${index + 1}`, admin: index === 0 })),
    groups: list(groups, (group) => {
      const size = Math.floor(memberships / groups) + (group < memberships % groups ? 1 : 0);
      const first = group * Math.max(1, Math.floor(members / groups));
      return {
        name: `Group ${group + 1}`,
        members: list(size, (index) => emails[(first + index) % members] ?? ''),
      };
    }),
    spaces: list(spaces, (index) => ({
      name: `Collection ${index + 1}`,
      permissions: permission(index, 'view'),
    })),
    data_sources: list(sources, (index) => ({
      name: `Connection ${index + 1}`,
      permissions: permission(index, 'query'),
    })),
  };
}
