/** What every server of a benchmark is filled with: the same people, the same groups. */
export const TOKEN = 'a-token-for-the-benchmark';
export const FEED_TOKEN = 'a-feed-token-for-the-benchmark';

export interface Scale {
  readonly users: number;
  /** The number of members of each group. */
  readonly groups: readonly number[];
}

/** A person as Okta pushes one. */
export function personOf(index: number) {
  const userName = `person.${index}@example.com`;
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName,
    name: { givenName: 'Person', familyName: `Number${index}` },
    emails: [{ primary: true, value: userName, type: 'work' }],
    displayName: `Person Number${index}`,
    locale: 'en-US',
    externalId: `00u${index}`,
    active: true,
  };
}

/** The numbers of the people in each group: each begins where the one before ended, so that all are in as many. */
export function membersOfGroups({ users, groups }: Scale): readonly (readonly number[])[] {
  let next = 0;
  return groups.map((size) => {
    const first = size === users ? 0 : next;
    next = (first + size) % users;
    return Array.from({ length: size }, (_none, index) => (first + index) % users);
  });
}
