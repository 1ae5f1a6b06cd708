/** Invites, removals, the admin role and people's own records, each by the first route that serves it. */
import type { Clock } from '../../../clock.ts';
import type { CapabilityBook } from '../../../provisioning/capability/capability-book.ts';
import type { ObservedMember } from '../../../provisioning/model/observed.ts';
import type { Operation } from '../../../provisioning/model/operation.ts';
import { TargetError, type Applied } from '../../../provisioning/ports/target.ts';
import type { Memberships } from '../reads/memberships.ts';
import type { KeyName, ModeApi } from '../mode-api.ts';
import { fieldsOf, isTrue, linkOf, textOf } from '../mode-json.ts';
import { NotThisOne, ROUTE, serve } from '../mode-routes.ts';
import type { MemberReads } from '../reads/read-members.ts';
import type { OwnScim } from '../own-scim/own-scim.ts';
import { createResends } from '../client/resends.ts';
import type { ModeSeats } from '../reads/seats.ts';

const INVITER_ADVICE =
  'A workspace key cannot invite: set MODE_INVITER_KEY and MODE_INVITER_SECRET to a member key of an admin.';
const INVITE_MESSAGE = 'You have been given access to Mode.';
/** A role that was taken by an untried route is looked at so often, and so long apart. */
const LOOKS = 4;
const LOOK_MS = 2_000;

type Of<T extends Operation['type']> = Operation & { readonly type: T };

export interface MemberOperations {
  invite(operation: Of<'invite'>): Promise<Applied>;
  remove(operation: Of<'remove_member'>): Promise<Applied>;
  setAdmin(operation: Of<'set_admin'>): Promise<Applied>;
  updateProfile(operation: Of<'update_profile'>): Promise<Applied>;
}

export interface MemberParts {
  readonly api: ModeApi;
  readonly book: CapabilityBook;
  readonly memberships: Memberships;
  readonly reads: Pick<MemberReads, 'forgetAddresses'>;
  readonly seats: Pick<ModeSeats, 'explain'>;
  /** undefined: the bridge has no token of it. */
  readonly ownScim: OwnScim | undefined;
  readonly clock: Clock;
}

export function createMemberOperations(parts: MemberParts): MemberOperations {
  const { api, book, memberships, reads, seats, ownScim, clock } = parts;
  const resends = createResends(clock);
  const byOwnScim = <T>(work: (own: OwnScim) => Promise<T>) =>
    ownScim === undefined ? {} : { [ROUTE.ownScim]: () => work(ownScim) };

  async function sendInvite({ email, former }: Of<'invite'>, key: KeyName): Promise<Applied> {
    const path = `/api/${api.workspace}/invites`;
    const body = { invite: { invitee: { email }, message: INVITE_MESSAGE } };
    try {
      const answer = await api.write('POST', path, body, key);
      resends.accepted(`member ${email.toLowerCase()}`, 'invited');
      const username = linkOf(answer, 'invitee')?.split('/').at(-1);
      const expiresAt = Date.parse(textOf(fieldsOf(answer)['expires_at']) ?? '');
      return {
        ...(username === undefined || username === '' ? {} : { username }),
        ...(Number.isNaN(expiresAt) ? {} : { expiresAt }),
      };
    } catch (error) {
      if (!(error instanceof TargetError)) throw error;
      if (await seats.explain(error)) {
        throw new TargetError('no_seat', `${error.message} The seat limit of the workspace is reached.`, {
          cause: error,
        });
      }
      if (error.kind === 'forbidden' && api.keys.length === 1) {
        const { status } = error;
        throw new TargetError('forbidden', `${error.message} ${INVITER_ADVICE}`, { cause: error, status });
      }
      if (error.kind !== 'refused') throw error;
      // Refused because the person is there already is no failure: only the list tells. One that is sent again is.
      const listed = former?.state === 'invited' ? undefined : await memberships.listed(unknownMember(email));
      if (listed !== undefined) return listed.state === 'active' ? { existed: true } : {};
      // Without words of its own, a bad request may mean the key as well as the person.
      if (error.status === 400) throw new NotThisOne(error.message, { cause: error });
      throw error;
    }
  }

  async function removeByRest(member: ObservedMember, key: KeyName): Promise<Applied> {
    const stillThere = 'and still lists the person as active: there is no privilege.';
    const remove = async (token: string) => {
      const repeated = `Still active: Mode accepted the removal several times, ${stillThere}`;
      const who = `member ${member.email?.toLowerCase() ?? token}`;
      resends.assertEffect(who, 'removed', repeated);
      await api.write('DELETE', api.membershipPath(token), undefined, key);
      resends.accepted(who, 'removed');
    };
    try {
      const token = await memberships.with(member, remove);
      return token === undefined ? {} : { membershipToken: token };
    } catch (error) {
      if (!(error instanceof TargetError) || error.kind !== 'not_found') throw error;
      // Mode has just listed that token and says that it is not there: it hides it from this key.
      const message = `Still active: Mode says that the membership is not there, ${stillThere}`;
      throw new TargetError('forbidden', message, { cause: error, status: error.status });
    }
  }

  /** In no document of Mode: some workspaces may take it, and one that says so may not do it. */
  async function patchAdmin(member: ObservedMember, admin: boolean): Promise<Applied> {
    const token = await memberships.with(member, async (found) => {
      const [role, value] = [`role ${found}`, String(admin)];
      resends.assertEffect(role, value, 'Mode accepts the change of the admin role, and does not show it.');
      await api.write('PATCH', api.membershipPath(found), { membership: { admin } });
      resends.accepted(role, value);
    });
    if (token === undefined) throw new TargetError('not_found', 'Mode lists no membership of this person.');
    if (book.state('set_admin', ROUTE.patch) !== 'available' && !(await showsAdmin(member, token, admin))) {
      const message = 'Mode accepted the change of the admin role, and did not make it.';
      throw new TargetError('forbidden', message, { answered: true });
    }
    return { membershipToken: token };
  }

  async function showsAdmin(member: ObservedMember, token: string, admin: boolean): Promise<boolean> {
    for (let look = 1; look <= LOOKS; look += 1) {
      if ((await isAdmin(member, token)) === admin) return true;
      if (look < LOOKS) await clock.sleep(LOOK_MS);
    }
    return false;
  }

  async function isAdmin(member: ObservedMember, token: string): Promise<boolean | undefined> {
    try {
      const { admin } = fieldsOf(await api.get(api.membershipPath(token)));
      if (admin !== undefined) return isTrue(admin);
    } catch (error) {
      if (!(error instanceof TargetError) || !['forbidden', 'not_found'].includes(error.kind)) throw error;
    }
    return (await memberships.listed(member))?.admin;
  }

  return {
    invite: (operation) =>
      serve(book, {
        capability: 'invite',
        by: {
          // Whom Mode's own SCIM manages comes back by it alone.
          ...(operation.former?.managedByScim === true
            ? {}
            : {
                [ROUTE.main]: () => sendInvite(operation, 'main key'),
                [ROUTE.inviter]: () => sendInvite(operation, 'inviter key'),
              }),
          ...byOwnScim((own) => own.people.bringIn(operation.email, operation.name)),
        },
        alsoRefusals: ({ kind }) => kind === 'not_found',
      }),

    remove: ({ member }) =>
      serve(book, {
        capability: 'remove',
        by: {
          ...(member.managedByScim
            ? {}
            : {
                [ROUTE.main]: () => removeByRest(member, 'main key'),
                [ROUTE.inviter]: () => removeByRest(member, 'inviter key'),
              }),
          ...byOwnScim((own) => own.people.deactivate(member)),
        },
      }),

    setAdmin: ({ member, admin }) =>
      serve(book, {
        capability: 'set_admin',
        by: {
          ...byOwnScim((own) => own.people.setAdmin(member, admin)),
          ...(member.managedByScim ? {} : { [ROUTE.patch]: () => patchAdmin(member, admin) }),
        },
        // Nothing documents this call: whatever is not a validation says that it is not there.
        alsoRefusals: ({ kind, status }) => kind === 'not_found' || status === 400,
      }),

    updateProfile: ({ member, name, email }) =>
      serve(book, {
        capability: 'rename',
        by: byOwnScim((own) => {
          const [record, value] = [`record ${member.memberToken ?? ''}`, JSON.stringify([name, email])];
          const shown = "Mode's own SCIM accepts the change of the record, and Mode does not show it.";
          resends.assertEffect(record, value, shown);
          return own.people.update(member, { name, email }).then((applied) => {
            resends.accepted(record, value);
            reads.forgetAddresses();
            return applied;
          });
        }),
      }),
  };
}

/** Somebody of whom nothing is known but the address. */
function unknownMember(email: string): ObservedMember {
  return {
    memberToken: null,
    membershipToken: null,
    username: null,
    email,
    name: null,
    state: 'invited',
    admin: false,
    managedByScim: false,
    writtenAt: null,
  };
}
