/**
 * People through Mode's own SCIM: creates, reactivates, renames and deactivates them, and sets the admin role. Every change
 * is read back, because a server may return 2xx without making it.
 */
import type { Clock } from '../../../clock.ts';
import type { ObservedMember } from '../../../provisioning/model/observed.ts';
import type { InvitedProfile } from '../../../provisioning/model/operation.ts';
import type { ProfileChange } from '../../../provisioning/model/profile.ts';
import { TargetError, type Applied } from '../../../provisioning/ports/target.ts';
import { RouteNotApplicable } from '../mode-routes.ts';
import { fieldsOf, isTrue, textOf } from '../mode-json.ts';
import { hasUserName, profileFields, profileOperations, showsProfile } from './profile-fields.ts';
import type { PatchOperation, Resource, ScimServer } from './scim-server.ts';

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
/** The only role in Mode's own SCIM. */
const ADMIN = 'admin';

export interface OwnPeople {
  /** Creates the user, or reactivates an existing one. */
  createOrReactivate(profile: InvitedProfile): Promise<Applied>;
  deactivate(member: ObservedMember): Promise<Applied>;
  setAdmin(member: ObservedMember, admin: boolean): Promise<Applied>;
  update(member: ObservedMember, change: ProfileChange): Promise<Applied>;
  /** @throws RouteNotApplicable for an unknown address */
  idOf(email: string | null): Promise<string>;
  /**
   * Finds many ids in far fewer calls than one per person.
   * @returns ids by address in lower case, without unknown people
   */
  idsOf(emails: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

/** Up to this many people are looked up one by one. For more, the list of all users is read. */
const MAX_SINGLE_LOOKUPS = 3;
/**
 * How long a person whom Mode's own SCIM does not know is not looked up again to change the profile. It does not have members
 * that it did not create, and every full read finds their differences again.
 */
const UNKNOWN_TTL_MS = 24 * 60 * 60_000;
/** When people are missing from the list, it is read again only after this time. */
const LIST_TTL_MS = 60_000;

export function createOwnPeople(server: ScimServer, clock: Clock): OwnPeople {
  /** By address in lower case. Ids never change, and the server refuses a wrong one. */
  let ids = new Map<string, string>();
  let listedAt = -Infinity;
  let listing: Promise<void> | undefined;
  /** By address in lower case. Monotonic time. */
  const unknownSince = new Map<string, number>();

  /** Groups that are changed at the same time share one read. */
  function listEverybody(): Promise<void> {
    listing ??= server
      .list('Users')
      .then((users) => {
        ids = new Map(users.flatMap(entryOf));
        listedAt = clock.now();
      })
      .finally(() => {
        listing = undefined;
      });
    return listing;
  }

  async function find(email: string): Promise<Resource | undefined> {
    const found = (await server.find('Users', 'userName', email)).filter((user) => hasUserName(user, email));
    if (found.length > 1)
      throw new RouteNotApplicable(`Mode's own SCIM has ${found.length} users named ${email}.`);
    return found[0];
  }

  async function known(email: string | null): Promise<Resource> {
    const user = email === null ? undefined : await find(email);
    if (user === undefined) throw unknownPerson();
    return user;
  }

  /** @throws TargetError forbidden when the change was accepted and not made */
  async function change(
    { id }: Resource,
    operations: readonly PatchOperation[],
    made: (user: Resource) => boolean,
  ): Promise<Applied> {
    await server.patch('Users', id, operations);
    if (!made(await server.read('Users', id))) {
      const paths = operations.map((operation) => operation.path).join(', ');
      throw new TargetError(
        'forbidden',
        `Mode's own SCIM accepted a change of ${paths}, but did not make it.`,
        { answered: true },
      );
    }
    return {};
  }

  const setActive = (user: Resource, active: boolean) =>
    change(user, [{ op: 'replace', path: 'active', value: active }], (after) => isActive(after) === active);

  return {
    createOrReactivate: async (profile) => {
      const { email } = profile;
      unknownSince.delete(email.toLowerCase());
      const before = await find(email);
      if (before === undefined) {
        const user = { schemas: [USER], active: true, ...profileFields(profile) };
        const made = await server.create('Users', user).catch((error: unknown) => {
          if (error instanceof TargetError && error.status === 409) return undefined;
          throw error;
        });
        if (made !== undefined) return {};
      }
      const user = before ?? (await known(email));
      if (!isActive(user)) await setActive(user, true);
      return { existed: true };
    },

    deactivate: async (member) => {
      const user = await known(member.email);
      return isActive(user) ? setActive(user, false) : {};
    },

    setAdmin: async (member, admin) => {
      const user = await known(member.email);
      const roles = listOf(user['roles']);
      const others = roles.filter((role) => !isAdminRole(role));
      if (admin === roles.length > others.length) return {};
      const wanted = admin ? [...others, { value: ADMIN }] : others;
      const operation: PatchOperation =
        wanted.length === 0
          ? { op: 'remove', path: 'roles' }
          : { op: 'replace', path: 'roles', value: wanted };
      return change(user, [operation], (after) => listOf(after['roles']).some(isAdminRole) === admin);
    },

    update: async (member, wanted) => {
      const address = member.email?.toLowerCase() ?? '';
      if (clock.monotonic() - (unknownSince.get(address) ?? -Infinity) < UNKNOWN_TTL_MS)
        throw unknownPerson();
      const user = await known(member.email).catch((error: unknown) => {
        if (error instanceof RouteNotApplicable) unknownSince.set(address, clock.monotonic());
        throw error;
      });
      return change(user, profileOperations(wanted), (after) => showsProfile(after, wanted));
    },

    idOf: async (email) => (await known(email)).id,

    idsOf: async (emails) => {
      const wanted = new Set(emails.map((email) => email.toLowerCase()));
      const missing = [...wanted].filter((email) => !ids.has(email));
      if (missing.length > MAX_SINGLE_LOOKUPS && clock.now() - listedAt >= LIST_TTL_MS) {
        await listEverybody();
      } else if (missing.length <= MAX_SINGLE_LOOKUPS) {
        for (const email of missing) {
          const user = await find(email);
          if (user !== undefined) ids.set(email, user.id);
        }
      }
      return new Map([...ids].filter(([email]) => wanted.has(email)));
    },
  };
}

function unknownPerson(): RouteNotApplicable {
  return new RouteNotApplicable("Mode's own SCIM does not know the person.");
}

function entryOf(user: Resource): readonly (readonly [string, string])[] {
  const email = textOf(user['userName'])?.toLowerCase();
  return email === undefined ? [] : [[email, user.id]];
}

/** A missing `active` means true. */
function isActive(user: Resource): boolean {
  return user['active'] === undefined || isTrue(user['active']);
}

function isAdminRole(role: unknown): boolean {
  return role === ADMIN || fieldsOf(role)['value'] === ADMIN;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}
