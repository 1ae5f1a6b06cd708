/**
 * Converts a change of the log to the form of an event of RFC 9967. Pure. Events are about SCIM resources, so they name SCIM
 * attributes.
 */
import type { Attributes } from '../../directory/attributes.ts';
import type { GroupSummary, UserSummary, WrittenHow } from '../../directory/change.ts';
import type { FeedChange, FeedChangeKind } from '../feed-change.ts';
import { EVENT } from './event-types.ts';

/** The extensions with the state of a resource on Mode. */
const ON_MODE = {
  user: 'urn:ietf:params:scim:schemas:extension:mode:2.0:User',
  group: 'urn:ietf:params:scim:schemas:extension:mode:2.0:Group',
} as const;

/** Changes that are visible in SCIM resources. Only the change log has the progress of deliveries. */
export const EVENT_KINDS: readonly FeedChangeKind[] = [
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

export type EventForm =
  /** An event with neither names nor values. */
  | { readonly form: 'plain'; readonly uri: string }
  /** `also`: an additional plain event for the same change. */
  | {
      readonly form: 'written';
      readonly uri: typeof EVENT.create | typeof EVENT.put;
      readonly attributes: readonly string[];
      readonly also?: string;
    }
  | {
      readonly form: 'patched';
      readonly attributes: readonly string[];
      /** The change of the members; undefined: the attributes have the current values of the resource. */
      readonly operation?: Attributes;
      readonly also?: string;
    };

/** @param change a change of one of EVENT_KINDS, with a subject */
export function eventOf(change: FeedChange): EventForm {
  const { subject } = change;
  const onTarget = ON_MODE[subject?.kind ?? 'user'];
  switch (change.kind) {
    case 'user.created':
    case 'group.created':
      // The target had it before. It was not created now, but became visible.
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
      return updated(change.data, onTarget, also);
    }
    case 'group.updated':
      return updated(change.data, onTarget);
    case 'mode.linked':
    case 'mode.member_changed':
    case 'mode.group_changed':
    case 'mode.group_member_added':
    case 'mode.group_member_removed':
    case 'mode.resource_changed':
    case 'mode.permission_added':
    case 'mode.permission_removed':
    case 'delivery.changed':
      return { form: 'patched', attributes: [onTarget] };
  }
}

/** @param activation the event for a change of `active` */
function updated(
  data: (UserSummary | GroupSummary) & WrittenHow,
  onTarget: string,
  activation?: string,
): EventForm {
  const changed = data.changed ?? named(data);
  // The IdP took over an unmanaged resource without other changes. Only the extension shows that.
  const attributes = changed.length > 0 ? changed : [onTarget];
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

/** The SCIM names of the attributes in an entry of the change log. */
function named(data: Partial<UserSummary> | Partial<GroupSummary>): readonly string[] {
  return Object.entries(data).flatMap(([key, value]) => (value === null ? [] : (SCIM_NAMES[key] ?? [])));
}
