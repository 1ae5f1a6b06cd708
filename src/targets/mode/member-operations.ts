/** Invites, removals and the admin role. */
import type { ObservedMember } from '../../provisioning/observed.ts';
import type { Operation } from '../../provisioning/operation.ts';
import { TargetError, type Applied } from '../../provisioning/target.ts';
import { fieldsOf, linkOf, textOf } from './mode-json.ts';
import type { ModeApi } from './mode-api.ts';
import { readMembers, readMemberships } from './read-members.ts';

const INVITE_MESSAGE = 'You have been given access to Mode.';
const REFUSALS: readonly string[] = ['forbidden', 'not_found', 'unauthorized'];

/** @throws TargetError forbidden when the key may not invite */
export async function invite(api: ModeApi, { email }: Operation & { type: 'invite' }): Promise<Applied> {
  try {
    const answer = await api.invite({ invite: { invitee: { email }, message: INVITE_MESSAGE } });
    const username = linkOf(answer, 'invitee')?.split('/').at(-1);
    const expiresAt = Date.parse(textOf(fieldsOf(answer)['expires_at']) ?? '');
    return {
      ...(username === undefined || username === '' ? {} : { username }),
      ...(Number.isNaN(expiresAt) ? {} : { expiresAt }),
    };
  } catch (error) {
    if (api.hasInviter || !(error instanceof TargetError) || !REFUSALS.includes(error.kind)) throw error;
    const advice =
      'A workspace key cannot invite: set MODE_INVITER_KEY and MODE_INVITER_SECRET to a member key of an admin.';
    throw new TargetError('forbidden', `${error.message} ${advice}`, { cause: error });
  }
}

/** @throws TargetError forbidden when Mode says "not found" and still lists the person as active */
export async function removeMember(
  api: ModeApi,
  { member }: Operation & { type: 'remove_member' },
): Promise<Applied> {
  const token = member.membershipToken ?? (await findMembership(api, member));
  if (token === undefined) return {};
  try {
    await api.write('DELETE', membershipPath(api, token));
  } catch (error) {
    if (!(error instanceof TargetError) || error.kind !== 'not_found') throw error;
    // Gone, or hidden from this key: only the list tells.
    const listed = (await readMembers(api)).find((row) => samePerson(row, member));
    if (listed !== undefined && listed.state !== 'former') {
      const message =
        'Mode says that the membership is not there, and still lists the person: the key has no privilege.';
      throw new TargetError('forbidden', message, { cause: error });
    }
  }
  return { membershipToken: token };
}

/** In no document of Mode: some workspaces take it. @throws TargetError forbidden when this one does not */
export async function setAdmin(
  api: ModeApi,
  { member, admin }: Operation & { type: 'set_admin' },
): Promise<Applied> {
  const token = member.membershipToken ?? (await findMembership(api, member));
  if (token === undefined) throw new TargetError('not_found', 'Mode lists no membership of this person.');
  try {
    await api.write('PATCH', membershipPath(api, token), { membership: { admin } });
  } catch (error) {
    if (!(error instanceof TargetError) || error.kind !== 'not_found') throw error;
    const message = 'Mode does not let this key change who is an admin: do it in Mode.';
    throw new TargetError('forbidden', `${error.message}. ${message}`, { cause: error });
  }
  return { membershipToken: token };
}

/** A membership's token is only in the full list. @returns undefined when the person is not in it or a former one */
async function findMembership(api: ModeApi, member: ObservedMember): Promise<string | undefined> {
  const rows = (await readMemberships(api)).filter(
    (row) => samePerson(row, member) && row.state !== 'former',
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  if (row.membershipToken === null) {
    throw new TargetError('forbidden', 'Mode does not tell the token of the membership to this key.');
  }
  return row.membershipToken;
}

function samePerson(row: ObservedMember, member: ObservedMember): boolean {
  if (row.memberToken !== null && member.memberToken !== null) return row.memberToken === member.memberToken;
  if (row.username !== null && member.username !== null) return row.username === member.username;
  return row.email !== null && row.email.toLowerCase() === member.email?.toLowerCase();
}

function membershipPath(api: ModeApi, token: string): string {
  return `/api/${api.workspace}/memberships/${encodeURIComponent(token)}`;
}
