/**
 * Adoption of existing members by e-mail, and of groups by exact name, when exactly one matches. Pure. An uncertain
 * match is reported to people, and never guessed.
 */
import { foldAddress } from '../model/fold-address.ts';
import type { ObservedGroup, ObservedMember } from '../model/observed.ts';

/** `off`: only links that an operator sets. */
export type Adoption = 'auto' | 'off';

interface Candidate {
  /** The id of the member or group on the target; null without one. */
  readonly token: string | null;
  /** The link of the user or group. */
  readonly linked: string | null;
  /** The bridge created it, so nothing is taken over. */
  readonly ours: boolean;
  readonly refused: ReadonlySet<string> | undefined;
}

/** Why it is not adopted; null when it may be, or already is. */
export function whyNotAdopted(
  { token, linked, ours, refused }: Candidate,
  adoption: Adoption = 'auto',
): 'link dropped' | 'adoption off' | null {
  if (token === null || token === linked) return null;
  if (refused?.has(token) === true) return 'link dropped';
  return ours || adoption === 'auto' ? null : 'adoption off';
}

/**
 * `exact`: taken over at the first push. `case_differs`: a member is taken over, a group is not and another one is
 * made. `two`, `alias`: people decide. `managed`: belongs to the target's own SCIM, or is built in. `none`: created.
 */
export type AdoptionClass = 'exact' | 'case_differs' | 'alias' | 'two' | 'managed' | 'none';

export interface AdoptionItem {
  readonly kind: 'user' | 'group';
  /** The e-mail or the name of the group in the IdP. */
  readonly name: string;
  readonly class: AdoptionClass;
  /** The matches on the target: e-mails or names, with their tokens. */
  readonly onMode: readonly { readonly name: string; readonly token: string | null }[];
}

/** @param wanted e-mails and group names as the IdP has them */
export function adoptionReport(
  wanted: { readonly emails: readonly string[]; readonly groups: readonly string[] },
  mode: { readonly members: readonly ObservedMember[]; readonly groups: readonly ObservedGroup[] },
): readonly AdoptionItem[] {
  const present = mode.members.filter((member) => member.state !== 'former' && member.email !== null);
  const byEmail = Map.groupBy(present, (member) => foldAddress(member.email ?? ''));
  const byMailbox = Map.groupBy(present, (member) => mailbox(member.email ?? ''));
  const byName = Map.groupBy(mode.groups, (group) => group.name);
  const byFoldedName = Map.groupBy(mode.groups, (group) => foldName(group.name));
  return [
    ...wanted.emails.map((email) => {
      const same = byEmail.get(foldAddress(email)) ?? [];
      return memberItem(email, same, same.length > 0 ? [] : (byMailbox.get(mailbox(email)) ?? []));
    }),
    ...wanted.groups.map((name) =>
      groupItem(name, byName.get(name) ?? [], byFoldedName.get(foldName(name)) ?? []),
    ),
  ];
}

function memberItem(
  email: string,
  same: readonly ObservedMember[],
  aliases: readonly ObservedMember[],
): AdoptionItem {
  const onMode = [...same, ...aliases].map((member) => ({
    name: member.email ?? '',
    token: member.accountId,
  }));
  const [only] = same;
  const item = (kind: AdoptionClass): AdoptionItem => ({ kind: 'user', name: email, class: kind, onMode });
  if (same.length > 1) return item('two');
  if (only === undefined) return item(aliases.length > 0 ? 'alias' : 'none');
  if (only.managedElsewhere) return item('managed');
  return item(only.email === email ? 'exact' : 'case_differs');
}

function groupItem(
  name: string,
  same: readonly ObservedGroup[],
  alike: readonly ObservedGroup[],
): AdoptionItem {
  const fitting = same.length > 0 ? same : alike;
  const onMode = fitting.map((group) => ({ name: group.name, token: group.token }));
  const item = (kind: AdoptionClass): AdoptionItem => ({ kind: 'group', name, class: kind, onMode });
  if (same.length > 1) return item('two');
  if (same[0] !== undefined) return item(same[0].writable ? 'exact' : 'managed');
  return item(alike.length > 0 ? 'case_differs' : 'none');
}

/** The address without the part after a plus: both deliver to the same mailbox. */
function mailbox(email: string): string {
  const address = foldAddress(email);
  const plus = address.indexOf('+');
  const at = plus === -1 ? -1 : address.indexOf('@', plus);
  return at === -1 ? address : address.slice(0, plus) + address.slice(at);
}

function foldName(name: string): string {
  return name.trim().replaceAll(/\s+/g, ' ').toLowerCase();
}
