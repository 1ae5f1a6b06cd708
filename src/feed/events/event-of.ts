/**
 * What a change of the log is as an event of RFC 9967: pure. Events are about SCIM resources, so what changed is told
 * by the names of SCIM attributes.
 */
import type { Attributes, Json } from '../../directory/attributes.ts';
import type { Change, ChangeKind } from '../../directory/change.ts';
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
export function eventOf({ kind, subject, data }: Change): Told {
  const onMode = ON_MODE[subject?.kind ?? 'user'];
  switch (kind) {
    case 'user.created':
    case 'group.created':
      // Mode had it before: it was not created now, but comes into sight.
      if (data['owned'] === false) return { form: 'plain', uri: EVENT.feedAdd };
      return { form: 'written', uri: EVENT.create, attributes: named(data) };
    case 'user.deleted':
    case 'group.deleted':
      return { form: 'plain', uri: data['owned'] === false ? EVENT.feedRemove : EVENT.delete };
    case 'group.member_added':
    case 'group.member_removed':
      return { form: 'patched', attributes: ['members'], operation: memberOperation(kind, data) };
    case 'user.updated':
    case 'group.updated':
      return updated(data, onMode);
    default:
      return { form: 'patched', attributes: [onMode] };
  }
}

function updated(data: Attributes, onMode: string): Told {
  const changed = isNames(data['changed']) ? data['changed'] : named(data);
  // Nothing that the IdP said is new: it took over what Mode had, which the extension shows.
  const attributes = changed.length > 0 ? changed : [onMode];
  const also = attributes.includes('active') && 'active' in data ? activation(data['active']) : {};
  if (data['by'] !== 'put') return { form: 'patched', attributes, ...also };
  return { form: 'written', uri: EVENT.put, attributes, ...also };
}

function activation(active: Json | undefined): { readonly also: string } {
  return { also: active === true ? EVENT.activate : EVENT.deactivate };
}

function memberOperation(kind: ChangeKind, data: Attributes): Attributes {
  const userId = data['userId'] as string;
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
function named(data: Attributes): readonly string[] {
  return Object.keys(data).flatMap((key) => (data[key] === null ? [] : (SCIM_NAMES[key] ?? [])));
}

function isNames(value: Json | undefined): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string');
}
