/** What every server of a benchmark is filled with: the same people, the same groups. */
export const TOKEN = 'a-token-for-the-benchmark';

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

/** The numbers of the people in a group: the first ones. */
export function groupMembers(size: number): readonly number[] {
  return Array.from({ length: size }, (_none, index) => index);
}
