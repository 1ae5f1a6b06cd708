/**
 * Runs a bulk request (RFC 7644 section 3.7): each operation is durable by itself, in the order of the request, but for
 * those that refer to something that a later one creates. The answers are in the order of the request.
 */
import { BridgeError } from '../../errors.ts';
import { asBridgeError } from '../../http/problem.ts';
import type { Answer } from '../answer.ts';
import type { Call } from '../call.ts';
import type { ResourceOperations } from '../operations/resource-operations.ts';
import { readEntityTags } from '../preconditions.ts';
import { scimError } from '../scim-errors.ts';
import { BULK_RESPONSE } from '../schema/urns.ts';
import { referencesOf, resolved } from './bulk-references.ts';
import { parseBulk, type BulkOperation } from './parse-bulk.ts';

/** @returns the JSON text of a BulkResponse @throws BridgeError for a request that cannot be read as a whole */
export async function runBulk(
  call: Call,
  types: readonly ResourceOperations[],
  body: unknown,
): Promise<string> {
  const { operations, failOnErrors } = parseBulk(body);
  const ids = new Map<string, string>();
  const created = new Set(
    operations.flatMap((one) =>
      one instanceof BridgeError || one.method !== 'POST' ? [] : (one.bulkId ?? []),
    ),
  );
  const results = new Map<number, string>();
  let errors = 0;
  const full = () => failOnErrors !== undefined && errors >= failOnErrors;

  const settle = async (index: number, operation: BulkOperation | BridgeError): Promise<void> => {
    const { text, id, failed } = await resultOf(call, types, operation, ids);
    results.set(index, text);
    if (failed) errors += 1;
    if (operation instanceof BridgeError || operation.bulkId === undefined) return;
    created.delete(operation.bulkId);
    if (id !== undefined) ids.set(operation.bulkId, id);
  };
  /** Whether it refers to something that is still to be created. */
  const waits = (operation: BulkOperation | BridgeError) =>
    !(operation instanceof BridgeError) && [...referencesOf(operation)].some((name) => created.has(name));

  let waiting = [...operations.entries()];
  for (let moved = true; moved && !full();) {
    moved = false;
    const later: typeof waiting = [];
    for (const [index, operation] of waiting) {
      if (full()) break;
      if (waits(operation)) later.push([index, operation]);
      else {
        await settle(index, operation);
        moved = true;
      }
    }
    waiting = later;
  }
  // What is left waits for each other in a circle.
  for (const [index] of full() ? [] : waiting) {
    const circle = new BridgeError(
      'uniqueness',
      'The operations refer to each other in a circle: create one without the reference, and add it later.',
    );
    await settle(index, circle);
  }
  const inOrder = [...results].sort(([a], [b]) => a - b).map(([, text]) => text);
  return `{"schemas":["${BULK_RESPONSE}"],"Operations":[${inOrder.join(',')}]}`;
}

async function resultOf(
  call: Call,
  types: readonly ResourceOperations[],
  operation: BulkOperation | BridgeError,
  ids: ReadonlyMap<string, string>,
): Promise<{ text: string; id?: string | undefined; failed: boolean }> {
  const head = operation instanceof BridgeError ? {} : { method: operation.method, bulkId: operation.bulkId };
  try {
    if (operation instanceof BridgeError) throw operation;
    const answer = await run(call, types, operation, ids);
    const { status, version, location } = answer;
    const text = JSON.stringify({
      ...head,
      location: location ?? addressOf(call, operation, ids),
      version,
      status: String(status),
    });
    return { text, id: status === 201 ? location?.split('/').at(-1) : undefined, failed: false };
  } catch (error) {
    const known = asBridgeError(error);
    if (known.code === 'internal' && !(error instanceof BridgeError)) throw error;
    const { status, body } = scimError(known);
    const location =
      operation instanceof BridgeError || operation.id === undefined
        ? undefined
        : addressOf(call, operation, ids);
    return {
      text: JSON.stringify({ ...head, location, status: String(status), response: body }),
      failed: true,
    };
  }
}

async function run(
  call: Call,
  types: readonly ResourceOperations[],
  operation: BulkOperation,
  ids: ReadonlyMap<string, string>,
): Promise<Answer> {
  const { method, endpoint, version } = operation;
  const type = types.find(({ name }) => `${name}s` === endpoint);
  if (type === undefined) throw new BridgeError('not_found', `There is nothing at /${endpoint}.`);
  const missing = [...referencesOf(operation)].find((name) => !ids.has(name));
  if (missing !== undefined) {
    throw new BridgeError(
      'invalid_value',
      `Nothing was created under the bulkId "${missing.slice(0, 100)}".`,
    );
  }
  const id = resolved(operation.id, ids) ?? '';
  const data = resolved(operation.data, ids);
  const one: Call = { ...call, guard: readEntityTags(version), known: undefined };
  switch (method) {
    case 'POST':
      return type.create(one, data);
    case 'PUT':
      return type.replace(one, id, data);
    case 'PATCH':
      return type.patch(one, id, data);
    case 'DELETE':
      return type.remove(one, id);
  }
}

function addressOf(
  { base }: Call,
  { endpoint, id }: BulkOperation,
  ids: ReadonlyMap<string, string>,
): string {
  return `${base}/${endpoint}/${resolved(id, ids) ?? ''}`;
}
