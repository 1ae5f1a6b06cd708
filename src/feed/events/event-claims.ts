/** The claims of one Security Event Token: RFC 8417 as RFC 9967 profiles it. Pure. */
import { isObject, type Attributes, type Json } from '../../directory/attributes.ts';
import type { EventChange } from './event-store.ts';
import { eventOf, type Told } from './event-of.ts';
import { EVENT } from './event-types.ts';

const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const ENDPOINT = { user: 'Users', group: 'Groups' } as const;

export interface Issuer {
  /** As clients see the bridge, e.g. https://scim.example.com */
  readonly origin: string;
  /** Of the feed: whoever reads it is meant. */
  readonly audience: string;
}

/** The same for every receiver and at every delivery. A database that is made anew does not repeat it. */
export function jtiOf({ position, at }: Pick<EventChange, 'position' | 'at'>): string {
  return `${position}-${at}`;
}

/**
 * @param resource as SCIM shows it now; undefined: it is gone, or only names are told
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

/** Whether values of the resource as it is now are told with it. */
export function needsResource(change: EventChange): boolean {
  const told = eventOf(change);
  return told.form === 'written' || (told.form === 'patched' && told.operation === undefined);
}

function eventsOf(told: Told, resource: Attributes | undefined, full: boolean): Record<string, object> {
  if (told.form === 'plain') return { [told.uri]: {} };
  const also = told.also === undefined ? {} : { [told.also]: {} };
  const uri = told.form === 'written' ? told.uri : EVENT.patch;
  const data = full ? dataOf(told, resource) : undefined;
  if (data === undefined) return { [`${uri}:notice`]: { attributes: told.attributes }, ...also };
  return { [`${uri}:full`]: { ...versionOf(told, resource), data }, ...also };
}

function dataOf(
  told: Exclude<Told, { form: 'plain' }>,
  resource: Attributes | undefined,
): Attributes | undefined {
  if (told.form === 'patched' && told.operation !== undefined) {
    return { schemas: [PATCH_OP], Operations: [told.operation] };
  }
  if (resource === undefined || told.form === 'written') return resource;
  const Operations = told.attributes.map((path): Attributes => {
    const value = valueAt(resource, path);
    return value === undefined ? { op: 'remove', path } : { op: 'replace', path, value };
  });
  return { schemas: [PATCH_OP], Operations };
}

/** The version is that of the values, which may be newer than the change. */
function versionOf(told: Told, resource: Attributes | undefined): Attributes {
  const meta = told.form === 'patched' && told.operation !== undefined ? undefined : resource?.['meta'];
  const version = isObject(meta) ? meta['version'] : undefined;
  return version === undefined ? {} : { version };
}

/** Of an attribute, a part of one with a dot, or an extension's with a colon behind its URN. */
function valueAt(resource: Attributes, path: string): Json | undefined {
  if (Object.hasOwn(resource, path)) return resource[path];
  const end = path.lastIndexOf(path.startsWith('urn:') ? ':' : '.');
  const name = path.slice(0, Math.max(end, 0));
  const whole = Object.hasOwn(resource, name) ? resource[name] : undefined;
  const part = path.slice(end + 1);
  return isObject(whole) && Object.hasOwn(whole, part) ? whole[part] : undefined;
}
