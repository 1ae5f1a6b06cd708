/**
 * Adds a source to the database of a c1z file as one sync. Readers look up the resource, the entitlement and the principal
 * of each grant, and fail if one is missing. So an incomplete source is rejected here.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { externalId, type C1zDatabase } from './c1z-database.ts';
import type { C1zResourceType, C1zSource, ResourceKey } from './c1z-source.ts';
import {
  encodeEntitlement,
  encodeGrant,
  encodeGrantedEntitlement,
  encodeResource,
  encodeResourceType,
} from './connector-messages.ts';
import { BinaryWriter } from './wire.ts';

/** Limits of readers. */
const MAX_ID_BYTES = 1_024;
export const MAX_NAME_BYTES = 1_024;
/** Rows written before other work gets a turn: a few milliseconds. */
const ROWS_AT_ONCE = 500;

export interface C1zCounts {
  readonly resources: number;
  readonly entitlements: number;
  readonly grants: number;
}

interface KnownType extends C1zResourceType {
  readonly encoded: Uint8Array;
}

interface KnownEntitlement {
  readonly resource: ResourceKey;
  readonly inGrants: Uint8Array;
}

/** @throws Error for an inconsistent source: a duplicate id, or a reference to an item that is not in the source */
export async function addSource(
  source: C1zSource,
  database: C1zDatabase,
  signal: AbortSignal,
): Promise<C1zCounts> {
  const types = new Map<string, KnownType>();
  const resources = new Set<string>();
  const entitlements = new Map<string, KnownEntitlement>();

  for (const type of source.resourceTypes) {
    const encoded = encodeResourceType(type);
    database.addResourceType(checked(type.id, type.displayName), encoded);
    types.set(type.id, { ...type, encoded });
  }

  await each(source.resources(), signal, (resource) => {
    const { trait } = known(types, resource.type, 'type of a resource');
    checked(externalId(resource), resource.displayName);
    database.addResource(resource, encodeResource(resource, trait));
    resources.add(externalId(resource));
  });

  await each(source.entitlements(), signal, (entitlement) => {
    const { id, displayName, resource, grantableTo } = entitlement;
    const encoded = database.resource(resource);
    if (encoded === undefined) throw new Error(`The resource ${externalId(resource)} of ${id} is missing.`);
    const holders = grantableTo.map((type) => known(types, type, 'type of a holder').encoded);
    database.addEntitlement(
      checked(id, displayName),
      resource,
      encodeEntitlement(entitlement, encoded, holders),
    );
    entitlements.set(id, { resource, inGrants: encodeGrantedEntitlement(entitlement) });
  });

  let grants = 0;
  const writer = new BinaryWriter();
  await each(source.grants(), signal, (grant) => {
    const { id, entitlementId, principal } = grant;
    const { resource, inGrants } = known(entitlements, entitlementId, 'entitlement of a grant');
    if (!resources.has(externalId(principal))) {
      throw new Error(`The principal ${externalId(principal)} of ${id} is missing.`);
    }
    database.addGrant(checked(id), resource, entitlementId, principal, encodeGrant(grant, inGrants, writer));
    grants += 1;
  });
  return { resources: resources.size, entitlements: entitlements.size, grants };
}

async function each<T>(
  batches: AsyncIterable<readonly T[]>,
  signal: AbortSignal,
  add: (item: T) => void,
): Promise<void> {
  for await (const batch of batches) {
    for (let from = 0; from < batch.length; from += ROWS_AT_ONCE) {
      for (const item of batch.slice(from, from + ROWS_AT_ONCE)) add(item);
      await turn();
      signal.throwIfAborted();
    }
  }
}

function known<T>(things: ReadonlyMap<string, T>, id: string, what: string): T {
  const thing = things.get(id);
  if (thing === undefined) throw new Error(`The ${what} is missing: ${id}`);
  return thing;
}

/** @returns the id */
function checked(id: string, displayName = id): string {
  if (!fits(id, MAX_ID_BYTES)) throw new Error(`An id must have 1 to ${MAX_ID_BYTES} bytes: ${id}`);
  if (!fits(displayName, MAX_NAME_BYTES)) {
    throw new Error(`A name must have 1 to ${MAX_NAME_BYTES} bytes: the name of ${id} does not.`);
  }
  return id;
}

function fits(text: string, bytes: number): boolean {
  // A UTF-16 unit has at most three bytes in UTF-8, so most texts need not be measured.
  return text.length > 0 && (text.length * 3 <= bytes || Buffer.byteLength(text) <= bytes);
}
