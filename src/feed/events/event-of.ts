/**
 * What a change of the log is as an event of RFC 9967: pure. Events are about SCIM resources, so what changed is told
 * by the names of SCIM attributes.
 */
import type { Attributes } from '../../directory/attributes.ts';
import type { Change, ChangeKind, GroupSummary, UserSummary, WrittenHow } from '../../directory/change.ts';
import { EVENT } from './event-types.ts';

/** What the bridge knows of a resource on Mode is in these extensions. */
const ON_MODE = {
  user: 'urn:ietf:params:scim:schemas:extension:mode:2.0:User',
  group: 'urn:ietf:params:scim:schemas:extension:mode:2.0:Group',
} as const;

/** Changes that a SCIM resource shows. How a delivery comes along is told by the change log alone. */
export const EVENT_KINDS: readonly ChangeKind[] = [
  'user.created',
  'user.updated',
  'user.deleted',
  'group.created',
  'group.updated',
  'group.deleted',
  'group.member_added',
  'group.member_removed',
  'mode.member_changed',
  'mode.group_changed',
];

export type Told =
  /** A type that has neither names nor values. */
  | { readonly form: 'plain'; readonly uri: string }
  /** `also`: a plain event of the same change. */
  | {
      readonly form: 'written';
      readonly uri: typeof EVENT.create | typeof EVENT.put;
      readonly attributes: readonly string[];
      readonly also?: string;
    }
  | {
      readonly form: 'patched';
      readonly attributes: readonly string[];
      /** What was done to the members; undefined: the attributes have the values that the resource has. */
      readonly operation?: Attributes;
      readonly also?: string;
    };

/** @param change of one of EVENT_KINDS, with a subject */
export function eventOf(change: Change): Told {
  const { subject } = change;
  const onMode = ON_MODE[subject?.kind ?? 'user'];
  switch (change.kind) {
    case 'user.created':
    case 'group.created':
      // The target had it before: it was not created now, but comes into sight.
      if (change.data.owned === false) return { form: 'plain', uri: EVENT.feedAdd };
      return { form: 'written', uri: EVENT.create, attributes: named(change.data) };
    case 'user.deleted':
    case 'group.deleted':
      return { form: 'plain', uri: change.data.owned === false ? EVENT.feedRemove : EVENT.delete };
    case 'group.member_added':
    case 'group.member_removed': {
      const operation = memberOperation(change.kind, change.data.userId);
      return { form: 'patched', attributes: ['members'], operation };
    }
    case 'user.updated': {
      const { active } = change.data;
      const also = active ? EVENT.activate : EVENT.deactivate;
      return updated(change.data, onMode, also);
    }
    case 'group.updated':
      return updated(change.data, onMode);
    case 'mode.linked':
    case 'mode.member_changed':
    case 'mode.group_changed':
    case 'mode.group_member_added':
    case 'mode.group_member_removed':
    case 'mode.resource_changed':
    case 'mode.permission_added':
    case 'mode.permission_removed':
    case 'delivery.changed':
      return { form: 'patched', attributes: [onMode] };
  }
}

/** @param activation the event for a change of `active` */
function updated(data: (UserSummary | GroupSummary) & WrittenHow, onMode: string, activation?: string): Told {
  const changed = data.changed ?? named(data);
  // Nothing that the IdP said is new: it took over what the target had, which the extension shows.
  const attributes = changed.length > 0 ? changed : [onMode];
  const also = activation !== undefined && attributes.includes('active') ? { also: activation } : {};
  return data.by === 'put'
    ? { form: 'written', uri: EVENT.put, attributes, ...also }
    : { form: 'patched', attributes, ...also };
}

function memberOperation(kind: 'group.member_added' | 'group.member_removed', userId: string): Attributes {
  if (kind === 'group.member_added') return { op: 'add', path: 'members', value: [{ value: userId }] };
  return { op: 'remove', path: `members[value eq ${JSON.stringify(userId)}]` };
}

const SCIM_NAMES: Readonly<Record<string, string>> = {
  userName: 'userName',
  displayName: 'displayName',
  externalId: 'externalId',
  active: 'active',
  email: 'emails',
  fullName: 'name',
  admin: 'roles',
};

/** The attributes that the change log itself has of a resource. */
function named(data: Partial<UserSummary> | Partial<GroupSummary>): readonly string[] {
  return Object.entries(data).flatMap(([key, value]) => (value === null ? [] : (SCIM_NAMES[key] ?? [])));
}
