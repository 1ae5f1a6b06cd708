/** People for a dry run, in as little memory as possible, because a dry run keeps everybody in memory. */
import type { Selectable } from 'kysely';
import type { DryRunUser } from '../../provisioning/dry-run/dry-run-facts.ts';
import type { MatchUser } from '../../provisioning/matching/matching.ts';
import type { ObservedMember } from '../../provisioning/model/observed.ts';
import { isShown } from '../matching/matching-reads.ts';
import { wantedProfile, type UsersTable } from '../tables/users.ts';

type PlannedUserRow = Parameters<typeof wantedProfile>[0] &
  Pick<Selectable<UsersTable>, 'owner_id' | 'admin'> & {
    readonly origin: string | null;
    readonly job: string | null;
  };

type Share = <Text extends string | null>(text: Text) => Text;

/** Users and their accounts have most texts in common. Each text is kept once, which halves the memory. */
export function sharedTexts(): Share {
  const known = new Map<string, string>();
  return (text) => {
    if (text === null) return text;
    const before = known.get(text);
    if (before === undefined) known.set(text, text);
    return (before ?? text) as typeof text;
  };
}

/** Every field is written out, because an object made by spreading takes half as much memory again. */
export function toDryRunUser(row: PlannedUserRow, user: MatchUser, share: Share): DryRunUser {
  const { name, email } = wantedProfile(row);
  return {
    id: user.id,
    userName: share(user.userName),
    owned: user.owned,
    wanted: user.wanted,
    leaving: user.leaving,
    accountKey: share(user.accountKey),
    createdAt: user.createdAt,
    link: user.link === null ? null : { token: share(user.link.token), origin: user.link.origin },
    refused: user.refused,
    unaccepted: user.unaccepted,
    connectionId: share(row.owner_id),
    name: share(name),
    email: share(email),
    admin: row.admin === null ? null : row.admin === 1,
    shown: isShown(row.origin),
    hasJob: row.job !== null,
  };
}

/** No plan shows the membership. */
export function toPlannedMember(member: ObservedMember, share: Share): ObservedMember {
  const { rawState } = member;
  const planned: ObservedMember = {
    accountId: share(member.accountId),
    membershipId: null,
    username: member.username,
    name: share(member.name),
    email: share(member.email),
    state: share(member.state),
    admin: member.admin,
    managedElsewhere: member.managedElsewhere,
    writtenAt: member.writtenAt,
  };
  return rawState === undefined ? planned : { ...planned, rawState };
}
