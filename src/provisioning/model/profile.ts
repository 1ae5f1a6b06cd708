/**
 * The attributes of a person that the bridge sets on the target, and how their values are compared. Pure. A new
 * attribute of the profile starts here; the compiler then names the places that read and write it.
 */

/** Null: the IdP said nothing about it, or the target does not show it. */
export interface Profile {
  /** The full name. */
  readonly name: string | null;
  readonly email: string | null;
}

export type ProfileAttribute = keyof Profile;

/** New values of some attributes; the others stay. */
export type ProfileChange = Readonly<Partial<Record<ProfileAttribute, string>>>;

/** Two values are the same when these forms are equal. */
const COMPARED_FORM: Readonly<Record<ProfileAttribute, (value: string) => string>> = {
  name: withPlainSpaces,
  email: (address) => withPlainSpaces(address).toLowerCase(),
};

export const PROFILE_ATTRIBUTES = Object.keys(COMPARED_FORM) as readonly ProfileAttribute[];

/** A profile without values. */
export const UNKNOWN_PROFILE: Profile = mapProfile(() => null);

/** Takes the profile from a larger record. */
export function profileOf(record: Profile): Profile {
  return mapProfile((attribute) => record[attribute]);
}

/** The values of `first`; those of `second` where the first has none. */
export function fillProfile(first: Profile, second: Profile): Profile {
  return mapProfile((attribute) => first[attribute] ?? second[attribute]);
}

/**
 * @returns the wanted values that differ. Only a value that both sides have can differ. Spaces, and the case of an
 * address, are ignored
 */
export function diffProfile(wanted: Profile, has: Profile): ProfileChange {
  return Object.fromEntries(
    PROFILE_ATTRIBUTES.flatMap((attribute) => {
      const [value, present, form] = [wanted[attribute], has[attribute], COMPARED_FORM[attribute]];
      if (value === null || present === null || form(value) === form(present)) return [];
      return [[attribute, value] as const];
    }),
  );
}

export function isEmptyChange(change: ProfileChange): boolean {
  return Object.keys(change).length === 0;
}

function mapProfile(valueOf: (attribute: ProfileAttribute) => string | null): Profile {
  const entries = PROFILE_ATTRIBUTES.map((attribute) => [attribute, valueOf(attribute)] as const);
  return Object.fromEntries(entries) as Record<ProfileAttribute, string | null>;
}

function withPlainSpaces(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ');
}
