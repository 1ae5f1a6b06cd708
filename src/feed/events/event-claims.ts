/** Creates the claims of a Security Event Token (RFC 8417) with the profile of RFC 9967. Pure. */
import { isObject, type Attributes, type Json } from '../../directory/attributes.ts';
import type { EventChange } from './event-store.ts';
import { eventOf, type EventForm } from './event-of.ts';
import { EVENT } from './event-types.ts';

const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const ENDPOINT = { user: 'Users', group: 'Groups' } as const;

export interface Issuer {
  /** The bridge's origin for clients, e.g. https://scim.example.com */
  readonly origin: string;
  /** The URL of the feed: the audience is every reader of it. */
  readonly audience: string;
}

/** The id of an event: the same for every receiver and every delivery. A new database does not repeat it. */
export function jtiOf({ position, at }: Pick<EventChange, 'position' | 'at'>): string {
  return `${position}-${at}`;
}

/**
 * @param resource the current SCIM representation; undefined: it is gone, or events have no values
 * @param now milliseconds since the epoch
 */
export function eventClaims(
  change: EventChange,
  resource: Attributes | undefined,
  full: boolean,
  { origin, audience }: Issuer,
  now: number,
): Record<string, unknown> {
  const { subject, externalId, txn, at } = change;
  const jti = jtiOf(change);
  return {
    iss: origin,
    aud: audience,
    iat: Math.floor(now / 1_000),
    jti,
    txn: txn ?? jti,
    toe: Math.floor(at / 1_000),
    sub_id: {
      format: 'scim',
      uri: `/${ENDPOINT[subject?.kind ?? 'user']}/${subject?.id ?? ''}`,
      ...(externalId === null ? {} : { externalId }),
    },
    events: eventsOf(eventOf(change), resource, full),
  };
}

/** Whether the event contains current values of the resource. */
export function needsResource(change: EventChange): boolean {
  const event = eventOf(change);
  return event.form === 'written' || (event.form === 'patched' && event.operation === undefined);
}

function eventsOf(event: EventForm, resource: Attributes | undefined, full: boolean): Record<string, object> {
  if (event.form === 'plain') return { [event.uri]: {} };
  const also = event.also === undefined ? {} : { [event.also]: {} };
  const uri = event.form === 'written' ? event.uri : EVENT.patch;
  const data = full ? dataOf(event, resource) : undefined;
  if (data === undefined) return { [`${uri}:notice`]: { attributes: event.attributes }, ...also };
  return { [`${uri}:full`]: { ...versionOf(event, resource), data }, ...also };
}

function dataOf(
  event: Exclude<EventForm, { form: 'plain' }>,
  resource: Attributes | undefined,
): Attributes | undefined {
  if (event.form === 'patched' && event.operation !== undefined) {
    return { schemas: [PATCH_OP], Operations: [event.operation] };
  }
  if (resource === undefined || event.form === 'written') return resource;
  const Operations = event.attributes.map((path): Attributes => {
    const value = valueAt(resource, path);
    return value === undefined ? { op: 'remove', path } : { op: 'replace', path, value };
  });
  return { schemas: [PATCH_OP], Operations };
}

/** The version of the values, which may be newer than the change. */
function versionOf(event: EventForm, resource: Attributes | undefined): Attributes {
  const meta = event.form === 'patched' && event.operation !== undefined ? undefined : resource?.['meta'];
  const version = isObject(meta) ? meta['version'] : undefined;
  return version === undefined ? {} : { version };
}

/** @param path an attribute, a sub-attribute after a dot, or an attribute of an extension after the URN and a colon */
function valueAt(resource: Attributes, path: string): Json | undefined {
  if (Object.hasOwn(resource, path)) return resource[path];
  const end = path.lastIndexOf(path.startsWith('urn:') ? ':' : '.');
  const name = path.slice(0, Math.max(end, 0));
  const whole = Object.hasOwn(resource, name) ? resource[name] : undefined;
  const part = path.slice(end + 1);
  return isObject(whole) && Object.hasOwn(whole, part) ? whole[part] : undefined;
}
