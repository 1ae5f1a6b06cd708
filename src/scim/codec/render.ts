/**
 * Renders resources for responses: what the IdP sent, and what the bridge adds. The result is built as text, because the
 * document is stored as text and is sent unchanged.
 */
import { isObject, type Attributes } from '../../directory/attributes.ts';
import type { Group, Member } from '../../directory/group/group.ts';
import type { GroupOnMode, UserOnMode } from '../../directory/view.ts';
import type { User } from '../../directory/user/user.ts';
import type { HeldEntitlement } from '../schema/entitlements.ts';
import { isUrn } from '../schema/split-urn.ts';
import { GROUP, MODE_GROUP, MODE_USER, USER } from '../schema/urns.ts';

export interface UserParts {
  readonly user: User;
  readonly groups: readonly { readonly id: string; readonly displayName: string }[];
  /** What is known about the user on Mode; undefined: not requested. */
  readonly onMode: Partial<UserOnMode> | undefined;
  /** What the user holds, shown instead of what the IdP sent; undefined: not requested. */
  readonly entitlements?: readonly HeldEntitlement[] | undefined;
}

export interface GroupParts {
  readonly group: Group;
  readonly onMode: GroupOnMode | undefined;
}

/** @param base URL of the SCIM service, e.g. https://host/scim/v2, without characters that JSON escapes */
export function renderUser({ user, groups, onMode, entitlements }: UserParts, base: string): string {
  const document = entitlements === undefined ? user.document : withEntitlements(user.document, entitlements);
  const references = groups.map(({ id, displayName }) => reference(id, displayName, 'Groups', base, ''));
  return `{"schemas":${schemasOf(USER, onMode && MODE_USER, document)},"id":${JSON.stringify(user.id)},${inner(document)}${
    references.length === 0 ? '' : `,"groups":[${references.join(',')}]`
  }${onMode === undefined ? '' : `,"${MODE_USER}":${userOnMode(onMode)}`},"meta":${meta('User', user, base)}}`;
}

/** Renders a group without its members: there may be more of them than one text should hold. */
export function renderGroup({ group, onMode }: GroupParts, base: string): string {
  const extension = onMode === undefined ? '' : `,"${MODE_GROUP}":${groupOnMode(onMode)}`;
  return `{"schemas":${schemasOf(GROUP, onMode && MODE_GROUP, group.document)},"id":${JSON.stringify(group.id)},${inner(group.document)}${extension},"meta":${meta('Group', group, base)}}`;
}

export function renderMember({ userId, display }: Member, base: string): string {
  return reference(userId, display, 'Users', base, ',"type":"User"');
}

export function etag({ version }: { readonly version: number }): string {
  return `W/"${version}"`;
}

function withEntitlements(document: string, entitlements: readonly HeldEntitlement[]): string {
  const attributes = JSON.parse(document) as object;
  return JSON.stringify({
    ...attributes,
    entitlements: entitlements.length === 0 ? undefined : entitlements,
  });
}

/** The text of the object without its braces. */
function inner(document: string): string {
  return document.slice(1, -1);
}

/** Lists the core schema, the Mode extension and the extensions that the document has. */
function schemasOf(core: string, mode: string | undefined, document: string): string {
  const defaults = mode === undefined ? `"${core}"` : `"${core}","${mode}"`;
  if (!/"urn:/i.test(document)) return `[${defaults}]`;
  const extensions = Object.entries(JSON.parse(document) as Attributes).flatMap(([key, value]) =>
    isUrn(key) && isObject(value) ? key : [],
  );
  return `[${[defaults, ...extensions.map((urn) => JSON.stringify(urn))].join(',')}]`;
}

function userOnMode({ state, username, admin, managedByScim, delivery }: Partial<UserOnMode>): string {
  return JSON.stringify({
    state,
    username: username ?? undefined,
    admin,
    managedByScim,
    ...deliveryOf(delivery),
  });
}

function groupOnMode({ token, memberCount, delivery }: GroupOnMode): string {
  return JSON.stringify({ token: token ?? undefined, memberCount, ...deliveryOf(delivery) });
}

function deliveryOf(delivery: UserOnMode['delivery'] | undefined): object {
  return {
    delivery: delivery?.state ?? undefined,
    reason: delivery?.reason ?? undefined,
    reasonCode: delivery?.reasonCode ?? undefined,
  };
}

function meta(resourceType: 'User' | 'Group', resource: User | Group, base: string): string {
  const { id, createdAt, updatedAt, version } = resource;
  const created = new Date(createdAt).toISOString();
  const lastModified = updatedAt === createdAt ? created : new Date(updatedAt).toISOString();
  const location = JSON.stringify(`${base}/${resourceType}s/${id}`);
  return `{"resourceType":"${resourceType}","created":"${created}","lastModified":"${lastModified}","location":${location},"version":"W/\\"${version}\\""}`;
}

function reference(id: string, display: string, endpoint: string, base: string, more: string): string {
  const value = JSON.stringify(id).slice(1, -1);
  return `{"value":"${value}","display":${JSON.stringify(display)},"$ref":"${base}/${endpoint}/${value}"${more}}`;
}
