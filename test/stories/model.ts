/**
 * What Mode has to end as, worked out naively: who the IdP wants, by which account of Mode, as what and in which groups.
 * It knows nothing of how the bridge gets there.
 */
/** When something was said, on the wall clock of the story. Milliseconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Person {
  readonly key: string;
  userName: string;
  email: string;
  active: boolean;
  /** null: the IdP has never said. */
  admin: boolean | null;
  /** When the IdP made the person; of two with one address the first stands for it. */
  readonly born: number;
  /** The addresses that the person's account of Mode may have; one of them once it is certain. Empty: none yet. */
  account: string[];
  /** When they accepted, on the clock of the story. Milliseconds. */
  acceptedAt: number;
  /** Whether the directory has them as an admin, and when the IdP took that from them. */
  readonly role: { held: boolean; taken?: Span | undefined };
  leftAt?: Span;
  /** The account with which they left. */
  left?: string | undefined;
}

export interface Group {
  readonly key: string;
  name: string;
  /** Whom the IdP lists. */
  readonly members: Set<string>;
  /** Who is in it: also whom a reactivation gave back what the IdP had taken away. */
  has: Set<string>;
  /** When the IdP took somebody out. */
  readonly taken: Map<string, Span>;
}

/** Of Mode's own, which nobody has pushed. */
export interface Unmanaged {
  readonly email: string;
  admin: boolean;
}

export interface Wanted {
  /** One of these addresses is active, and only one. */
  readonly addresses: readonly string[];
  /** null: either will do. */
  readonly admin: boolean | null;
}

export interface Model {
  readonly people: Map<string, Person>;
  readonly groups: Map<string, Group>;
  readonly unmanaged: Map<string, Unmanaged>;
  /** The role of those about whom the IdP says nothing, by address; absent: none. */
  readonly adminOnMode: Map<string, boolean>;
  /** Groups of Mode's own and their members. */
  readonly groupsOfMode: Map<string, Set<string>>;
  /** How often each address came to be wanted: it is invited no more often. */
  readonly wishes: Map<string, number>;
  /** Counts what is made, so that names are new. */
  born: number;
}

export function createModel(): Model {
  return {
    people: new Map(),
    groups: new Map(),
    unmanaged: new Map(),
    adminOnMode: new Map(),
    groupsOfMode: new Map(),
    wishes: new Map(),
    born: 0,
  };
}

/** The addresses by which Mode may know the person. */
export function addressesOf(person: Person): readonly string[] {
  return person.account.length > 0 ? person.account : [person.email];
}

/** Who stands for an address: whose account it is, else the first who has it. */
export function ownerOf(model: Model, address: string): Person | undefined {
  const claiming = [...model.people.values()].filter(
    (person) => person.active && addressesOf(person).includes(address),
  );
  const linked = claiming.find((person) => person.account.includes(address));
  return linked ?? claiming.sort((a, b) => a.born - b.born)[0];
}

export function isOwner(model: Model, person: Person): boolean {
  return person.active && addressesOf(person).some((address) => ownerOf(model, address) === person);
}

/** Everybody who has to be active on Mode. */
export function wantedMembers(model: Model): Wanted[] {
  const owners = [...model.people.values()].filter((person) => isOwner(model, person));
  const pushed = owners.map((person): Wanted => {
    const addresses = addressesOf(person);
    const [only = '', ...others] = addresses;
    const onMode = others.length > 0 ? null : (model.adminOnMode.get(only) ?? false);
    return { addresses, admin: person.role.held || (person.admin ?? onMode) };
  });
  const own = [...model.unmanaged.values()].map(({ email, admin }): Wanted => {
    return { addresses: [email], admin };
  });
  return [...pushed, ...own];
}

/** Who stands for each address that anybody has. */
export function ownersOf(model: Model): ReadonlyMap<string, Person> {
  const addresses = new Set(
    [...model.people.values()].flatMap((person) => [person.email, ...person.account]),
  );
  return new Map(
    [...addresses].flatMap((address) => {
      const owner = ownerOf(model, address);
      return owner === undefined ? [] : [[address, owner] as const];
    }),
  );
}

export function wish(model: Model, address: string): void {
  model.wishes.set(address, (model.wishes.get(address) ?? 0) + 1);
}
