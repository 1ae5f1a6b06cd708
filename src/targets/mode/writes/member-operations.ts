/** Invites, removals, the admin role and user records, each through the first route that works. */
import type { Clock } from '../../../clock.ts';
import type { CapabilityBook } from '../../../provisioning/capability/capability-book.ts';
import type { ObservedMember } from '../../../provisioning/model/observed.ts';
import type { Operation } from '../../../provisioning/model/operation.ts';
import { UNKNOWN_PROFILE } from '../../../provisioning/model/profile.ts';
import { TargetError, type Applied } from '../../../provisioning/ports/target.ts';
import type { Memberships } from '../reads/memberships.ts';
import type { KeyName, ModeApi } from '../mode-api.ts';
import { fieldsOf, isTrue, linkOf, textOf } from '../mode-json.ts';
import { RouteNotApplicable, ROUTE, tryRoutes } from '../mode-routes.ts';
import type { MemberReads } from '../reads/read-members.ts';
import type { OwnScim } from '../own-scim/own-scim.ts';
import { createResends } from '../client/resends.ts';
import type { ModeSeats } from '../reads/seats.ts';

const INVITER_ADVICE =
  'A workspace key cannot invite: set MODE_INVITER_KEY and MODE_INVITER_SECRET (in a configuration file: mode.inviter_key and mode.inviter_secret) to a member key of an admin.';
const INVITE_MESSAGE = 'You have been given access to Mode.';
/** After the first role change through an untried route, the role is read this many times at this interval. */
const ROLE_READS = 4;
const ROLE_READ_INTERVAL_MS = 2_000;

type OperationOf<T extends Operation['type']> = Operation & { readonly type: T };

export interface MemberOperations {
  invite(operation: OperationOf<'invite'>): Promise<Applied>;
  remove(operation: OperationOf<'remove_member'>): Promise<Applied>;
  setAdmin(operation: OperationOf<'set_admin'>): Promise<Applied>;
  updateProfile(operation: OperationOf<'update_profile'>): Promise<Applied>;
}

export interface MemberParts {
  readonly api: ModeApi;
  readonly book: CapabilityBook;
  readonly memberships: Memberships;
  readonly reads: Pick<MemberReads, 'forgetAddresses'>;
  readonly seats: Pick<ModeSeats, 'explain'>;
  /** undefined when the bridge has no token for Mode's own SCIM. */
  readonly ownScim: OwnScim | undefined;
  readonly clock: Clock;
}

export function createMemberOperations(parts: MemberParts): MemberOperations {
  const { api, book, memberships, reads, seats, ownScim, clock } = parts;
  const resends = createResends(clock);
  const viaOwnScim = <T>(work: (own: OwnScim) => Promise<T>) =>
    ownScim === undefined ? {} : { [ROUTE.ownScim]: () => work(ownScim) };

  async function sendInvite({ email, former }: OperationOf<'invite'>, key: KeyName): Promise<Applied> {
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
      // "Already a member" is a success. Only the list shows whether that was the reason. For a resend it is an error.
      const listed = former?.state === 'invited' ? undefined : await memberships.listed(unknownMember(email));
      if (listed !== undefined) return listed.state === 'active' ? { existed: true } : {};
      // A plain 400 may be about the key or about the person.
      if (error.status === 400) throw new RouteNotApplicable(error.message, { cause: error });
      throw error;
    }
  }

  async function removeViaRest(member: ObservedMember, key: KeyName): Promise<Applied> {
    const stillThere = 'but still lists the person as active: the key has no privilege for this.';
    const remove = async (token: string) => {
      const repeated = `Still active: Mode accepted the removal several times, ${stillThere}`;
      const who = `member ${member.email?.toLowerCase() ?? token}`;
      resends.assertEffect(who, 'removed', repeated);
      await api.write('DELETE', api.membershipPath(token), undefined, key);
      resends.accepted(who, 'removed');
    };
    try {
      const token = await memberships.with(member, remove);
      return token === undefined ? {} : { membershipId: token };
    } catch (error) {
      if (!(error instanceof TargetError) || error.kind !== 'not_found') throw error;
      // Mode has just listed this token and now returns 404: it hides the membership from this key.
      const message = `Still active: Mode returned 404 for the membership, ${stillThere}`;
      throw new TargetError('forbidden', message, { cause: error, status: error.status });
    }
  }

  /** Undocumented: some workspaces apply this PATCH, others accept it without effect. */
  async function patchAdmin(member: ObservedMember, admin: boolean): Promise<Applied> {
    const token = await memberships.with(member, async (found) => {
      const [role, value] = [`role ${found}`, String(admin)];
      resends.assertEffect(role, value, 'Mode accepts the change of the admin role, but does not show it.');
      await api.write('PATCH', api.membershipPath(found), { membership: { admin } });
      resends.accepted(role, value);
    });
    if (token === undefined) throw new TargetError('not_found', 'Mode lists no membership of this person.');
    if (book.state('set_admin', ROUTE.patch) !== 'available' && !(await showsAdmin(member, token, admin))) {
      const message = 'Mode accepted the change of the admin role, but did not make it.';
      throw new TargetError('forbidden', message, { answered: true });
    }
    return { membershipId: token };
  }

  async function showsAdmin(member: ObservedMember, token: string, admin: boolean): Promise<boolean> {
    for (let read = 1; read <= ROLE_READS; read += 1) {
      if ((await isAdmin(member, token)) === admin) return true;
      if (read < ROLE_READS) await clock.sleep(ROLE_READ_INTERVAL_MS);
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
      tryRoutes(book, {
        capability: 'invite',
        attempts: {
          // Members that Mode's own SCIM manages can be re-added only through it.
          ...(operation.former?.managedElsewhere === true
            ? {}
            : {
                [ROUTE.main]: () => sendInvite(operation, 'main key'),
                [ROUTE.inviter]: () => sendInvite(operation, 'inviter key'),
              }),
          ...viaOwnScim((own) => own.people.createOrReactivate(operation)),
        },
        alsoRefusals: ({ kind }) => kind === 'not_found',
      }),

    remove: ({ member }) =>
      tryRoutes(book, {
        capability: 'remove',
        attempts: {
          ...(member.managedElsewhere
            ? {}
            : {
                [ROUTE.main]: () => removeViaRest(member, 'main key'),
                [ROUTE.inviter]: () => removeViaRest(member, 'inviter key'),
              }),
          ...viaOwnScim((own) => own.people.deactivate(member)),
        },
      }),

    setAdmin: ({ member, admin }) =>
      tryRoutes(book, {
        capability: 'set_admin',
        attempts: {
          ...viaOwnScim((own) => own.people.setAdmin(member, admin)),
          ...(member.managedElsewhere ? {} : { [ROUTE.patch]: () => patchAdmin(member, admin) }),
        },
        // The call is undocumented: a 404 or 400 means that it does not exist.
        alsoRefusals: ({ kind, status }) => kind === 'not_found' || status === 400,
      }),

    updateProfile: ({ member, change }) =>
      tryRoutes(book, {
        capability: 'rename',
        attempts: viaOwnScim((own) => {
          const [record, value] = [`record ${member.accountId ?? ''}`, JSON.stringify(change)];
          const reason = "Mode's own SCIM accepts the change of the record, but Mode does not show it.";
          resends.assertEffect(record, value, reason);
          return own.people.update(member, change).then((applied) => {
            resends.accepted(record, value);
            reads.forgetAddresses();
            return applied;
          });
        }),
      }),
  };
}

/** A person known only by the address. */
function unknownMember(email: string): ObservedMember {
  return {
    accountId: null,
    membershipId: null,
    username: null,
    ...UNKNOWN_PROFILE,
    email,
    state: 'invited',
    admin: false,
    managedElsewhere: false,
    writtenAt: null,
  };
}
