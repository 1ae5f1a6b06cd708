/**
 * Reads Mode's JSON tolerantly. Pure. Ids and counts may be text or numbers, links may lack the leading slash, fields may
 * be missing or new. A response that cannot be read is `unavailable`, never an empty list.
 */
import type {
  ObservedGroup,
  ObservedGroupMember,
  ObservedMember,
} from '../../provisioning/model/observed.ts';
import type { Profile } from '../../provisioning/model/profile.ts';
import { TargetError } from '../../provisioning/ports/target.ts';

type Fields = Readonly<Record<string, unknown>>;

const TOKEN = /^[A-Za-z0-9_-]{1,64}$/;
const INVITED = /^(invited|pending|requested|unconfirmed)/i;

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** Text, or a number as text; null for anything else and for empty text. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : null;
}

export function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}

/** Deleted objects can stay in lists, marked with a flag or with their state. */
export function isDeleted(row: unknown): boolean {
  const fields = fieldsOf(row);
  return isTrue(fields['soft_deleted']) || /delet/i.test(textOf(fields['state']) ?? '');
}

/** The path of a link, after the origin; undefined when the link is missing. */
export function linkOf(value: unknown, rel: string): string | undefined {
  const href = textOf(fieldsOf(fieldsOf(fieldsOf(value)['_links'])[rel])['href']);
  if (href === null || /^[a-z]+:/i.test(href)) return undefined;
  return href.startsWith('/') ? href : `/${href}`;
}

/** The last part of a link's path, when it looks like a token. */
function tokenOfLink(value: unknown, rel: string): string | null {
  const last = linkOf(value, rel)?.split('?', 1)[0]?.split('/').at(-1) ?? '';
  return TOKEN.test(last) ? last : null;
}

/** @param key name of the list under `_embedded` @throws TargetError unavailable when it is missing */
export function listOf(what: string, body: unknown, key: string): readonly unknown[] {
  const list = fieldsOf(fieldsOf(body)['_embedded'])[key];
  if (Array.isArray(list)) return list as unknown[];
  throw new TargetError('unavailable', `Mode's response to ${what} has no list "${key}", so it is ignored.`);
}

/** The only list under `_embedded`, whose name is undocumented. @throws TargetError unavailable unless there is exactly one */
export function onlyListOf(what: string, body: unknown): readonly unknown[] {
  const lists = Object.values(fieldsOf(fieldsOf(body)['_embedded'])).filter(Array.isArray);
  const [list] = lists;
  if (list !== undefined && lists.length === 1) return list as unknown[];
  throw new TargetError(
    'unavailable',
    `Mode's response to ${what} does not have exactly one list, so it is ignored.`,
  );
}

/** The number of pages in the pagination object; undefined when missing. */
export function totalPagesOf(body: unknown): number | undefined {
  const pages = countOf(fieldsOf(fieldsOf(body)['pagination'])['total_pages']);
  return pages === 0 ? undefined : pages;
}

/** The number of rows on all pages in the pagination object; undefined when missing. */
export function totalCountOf(body: unknown): number | undefined {
  return countOf(fieldsOf(fieldsOf(body)['pagination'])['total_count']);
}

function countOf(value: unknown): number | undefined {
  const text = textOf(value);
  return text !== null && /^\d{1,12}$/.test(text) ? Number(text) : undefined;
}

/** What a row of a list of members, or a user record, shows of the person. */
export function profileIn(row: unknown): Profile {
  const fields = fieldsOf(row);
  return { email: textOf(fields['email']), name: textOf(fields['name']) };
}

/** A row of `memberships` or `memberships/lite`; undefined when it has neither a token nor an e-mail. */
export function memberOf(row: unknown): ObservedMember | undefined {
  const fields = fieldsOf(row);
  const accountId = textOf(fields['member_token']);
  const profile = profileIn(row);
  if (accountId === null && profile.email === null) return undefined;
  const self = tokenOfLink(row, 'self');
  return {
    accountId,
    // A self link in the lite list, if present, does not have the token of a membership.
    membershipId: self === 'lite' ? null : self,
    username: textOf(fields['member_username']) ?? textOf(fields['username']),
    ...profile,
    ...stateOf(fields),
    admin: isTrue(fields['admin']),
    managedElsewhere: isTrue(fields['managed_by_scim']),
    writtenAt: null,
  };
}

/** Only `active` counts as active. A state that is neither active nor an invite counts as former, and is kept as `rawState`. */
function stateOf(fields: Fields): Pick<ObservedMember, 'state' | 'rawState'> {
  const word = textOf(fields['state']) ?? '';
  const invited = isTrue(fields['invited']) || INVITED.test(word);
  const raw = word === '' || word === 'active' ? {} : { rawState: word };
  if (isDeleted(fields)) return { state: 'former', ...raw };
  return { state: invited ? 'invited' : word === 'active' ? 'active' : 'former', ...raw };
}

/**
 * @param ownsManaged whether groups that Mode's own SCIM manages are writable, because the bridge has its token
 * @returns undefined for a deleted group and for a group without a token or name
 */
export function groupOf(row: unknown, ownsManaged = false): ObservedGroup | undefined {
  const fields = fieldsOf(row);
  const token = textOf(fields['token']);
  const name = textOf(fields['name']);
  if (token === null || name === null || !isActiveGroup(row)) return undefined;
  const builtIn = /everyone|default|system|built/i.test(textOf(fields['group_type']) ?? '');
  const count = countOf(fields['member_count']);
  return {
    token,
    name,
    writable: !builtIn && (ownsManaged || !isManaged(row)),
    writtenAt: null,
    ...(count === undefined ? {} : { memberCount: count }),
  };
}

export function isManaged(row: unknown): boolean {
  return isTrue(fieldsOf(row)['managed']);
}

export function isActiveGroup(row: unknown): boolean {
  return !isDeleted(row) && (textOf(fieldsOf(row)['state']) ?? 'active') === 'active';
}

export function groupMemberOf(targetGroupId: string, row: unknown): ObservedGroupMember | undefined {
  const accountId = textOf(fieldsOf(row)['member_token']);
  if (accountId === null) return undefined;
  return { targetGroupId, accountId, groupMembershipId: groupMembershipTokenOf(row), writtenAt: null };
}

export function groupMembershipTokenOf(row: unknown): string | null {
  return textOf(fieldsOf(row)['token']) ?? tokenOfLink(row, 'self');
}
