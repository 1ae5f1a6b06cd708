/**
 * Runs a bulk request (RFC 7644 section 3.7). Each operation is durable by itself. Operations run in the order of the
 * request, except those that refer to a resource that a later operation creates. Results are in the order of the request.
 */
import { setImmediate } from 'node:timers/promises';
import { resourceId, type ResourceId } from '../../directory/requests/logged-request.ts';
import { BridgeError } from '../../errors.ts';
import { asBridgeError } from '../../http/problem.ts';
import type { ScimResponse } from '../scim-response.ts';
import type { ScimCall } from '../scim-call.ts';
import type { ResourceOperations } from '../operations/resource-operations.ts';
import { readEntityTags } from '../preconditions.ts';
import { scimError } from '../scim-errors.ts';
import { BULK_RESPONSE } from '../schema/urns.ts';
import { bulkOrder, type BulkStep } from './bulk-order.ts';
import { referencesOf, resolved, withoutReferences } from './bulk-references.ts';
import { parseBulk, type BrokenOperation, type BulkOperation } from './parse-bulk.ts';

type Operation = BulkOperation | BrokenOperation;

interface Result {
  readonly text: string;
  /** Undefined: the operation failed. */
  readonly response: ScimResponse | undefined;
}

/** @returns the JSON text of a BulkResponse @throws BridgeError when the request as a whole is not valid */
export async function runBulk(
  call: ScimCall,
  types: readonly ResourceOperations[],
  body: unknown,
): Promise<string> {
  const { operations, failOnErrors = Infinity } = parseBulk(body);
  const ids = new Map<string, string>();
  const results = new Map<number, Result>();
  const order = bulkOrder(operations);
  const resources = new Set<ResourceId>();
  let errors = 0;

  const runStep = async (step: BulkStep) => {
    const operation = operations[step.index];
    if (operation === undefined) return;
    const result = await resultOf(call, operation, ids, () => {
      if (step.how === 'complete' && !('error' in operation)) return complete(call, types, operation, ids);
      const runnable = step.how === 'reduced' ? reduced(operation, order.uncreated()) : operation;
      return run(call, types, runnable, ids);
    });
    results.set(step.index, result);
    const resource = resourceId(idOf(operation, result, ids));
    if (resource !== undefined) resources.add(resource);
    if (result.response === undefined) errors += 1;
    if (!('error' in operation) && operation.method === 'POST' && operation.bulkId !== undefined) {
      const id = createdId(result);
      if (id === undefined) ids.delete(operation.bulkId);
      else ids.set(operation.bulkId, id);
    }
    order.done(step, result.response !== undefined);
    // Let other requests run, even when the operation did not wait for the disk.
    await setImmediate();
  };

  for (let step = order.next(); step !== undefined && errors < failOnErrors; step = order.next()) {
    await runStep(step);
  }
  // No resource stays without its references, even when too many errors stopped the request.
  for (const step of order.unfinished()) await runStep(step);
  if (call.notes !== undefined) call.notes.bulkIds = [...resources];
  const inOrder = [...results].sort(([a], [b]) => a - b).map(([, { text }]) => text);
  return `{"schemas":["${BULK_RESPONSE}"],"Operations":[${inOrder.join(',')}]}`;
}

/** The id of the resource that an operation was about; undefined when there is none. */
function idOf(operation: Operation, result: Result, ids: ReadonlyMap<string, string>): string | undefined {
  if ('error' in operation) return undefined;
  return operation.method === 'POST' ? createdId(result) : resolved(operation.id, ids);
}

function createdId({ response }: Result): string | undefined {
  return response?.location?.split('/').at(-1);
}

/** Removes from the operation the references that have no id yet. */
function reduced(operation: Operation, uncreated: ReadonlySet<string>): Operation {
  return 'error' in operation
    ? operation
    : { ...operation, data: withoutReferences(operation.data, uncreated) };
}

async function resultOf(
  call: ScimCall,
  operation: Operation,
  ids: ReadonlyMap<string, string>,
  work: () => Promise<ScimResponse>,
): Promise<Result> {
  const { method, bulkId } = operation;
  try {
    if ('error' in operation) throw operation.error;
    const response = await work();
    const { status, version, location = locationOf(call, operation, ids) } = response;
    return { text: JSON.stringify({ method, bulkId, location, version, status: String(status) }), response };
  } catch (error) {
    const known = asBridgeError(error);
    if (known.code === 'internal' && !(error instanceof BridgeError)) throw error;
    const { status, body } = scimError(known);
    const hasLocation = !('error' in operation) && operation.id !== undefined;
    const location = hasLocation ? locationOf(call, operation, ids) : undefined;
    const text = JSON.stringify({ method, bulkId, location, status: String(status), response: body });
    return { text, response: undefined };
  }
}

async function run(
  call: ScimCall,
  types: readonly ResourceOperations[],
  operation: Operation,
  ids: ReadonlyMap<string, string>,
): Promise<ScimResponse> {
  if ('error' in operation) throw operation.error;
  const type = typeOf(types, operation);
  // A request that deactivates a user always succeeds: references that do not resolve are left out.
  const isLeaver = type.deactivates?.(operation) === true;
  assertKnown(isLeaver ? { ...operation, data: undefined } : operation, ids);
  const missing = new Set([...referencesOf(operation)].filter((name) => !ids.has(name)));
  const known = missing.size === 0 ? operation.data : withoutReferences(operation.data, missing);
  const id = resolved(operation.id, ids) ?? '';
  const data = resolved(known, ids);
  const leftOut = [...missing].map((name) => `bulkId:${name}`);
  const operationCall: ScimCall = {
    ...call,
    guard: readEntityTags(operation.version),
    known: undefined,
    leftOut,
  };
  switch (operation.method) {
    case 'POST':
      return type.create(operationCall, data);
    case 'PUT':
      return type.replace(operationCall, id, data);
    case 'PATCH':
      return type.patch(operationCall, id, data);
    case 'DELETE':
      return type.remove(operationCall, id);
  }
}

/** @throws BridgeError invalid_value for a reference to a resource that was not created */
function assertKnown(operation: BulkOperation, ids: ReadonlyMap<string, string>): void {
  const missing = [...referencesOf(operation)].find((name) => !ids.has(name));
  if (missing === undefined) return;
  throw new BridgeError(
    'invalid_value',
    `No resource was created with the bulkId "${missing.slice(0, 100)}".`,
  );
}

/** Adds the missing references to a resource that was created without them. If this fails, the resource is removed. */
async function complete(
  call: ScimCall,
  types: readonly ResourceOperations[],
  operation: BulkOperation,
  ids: ReadonlyMap<string, string>,
): Promise<ScimResponse> {
  const type = typeOf(types, operation);
  const id = ids.get(operation.bulkId ?? '') ?? '';
  const plain: ScimCall = { ...call, guard: undefined, known: undefined };
  try {
    assertKnown(operation, ids);
    return { ...(await type.replace(plain, id, resolved(operation.data, ids))), status: 201 };
  } catch (error) {
    const { message } = asBridgeError(error);
    await type.remove(plain, id);
    throw new BridgeError(
      'conflict',
      `The operations refer to each other in a cycle that cannot be resolved: ${message}`,
      {
        cause: error,
      },
    );
  }
}

function typeOf(types: readonly ResourceOperations[], { endpoint }: BulkOperation): ResourceOperations {
  const type = types.find(({ name }) => `${name}s` === endpoint);
  if (type === undefined) throw new BridgeError('not_found', `There is no endpoint /${endpoint}.`);
  return type;
}

function locationOf(
  { base }: ScimCall,
  { endpoint, id }: BulkOperation,
  ids: ReadonlyMap<string, string>,
): string {
  return `${base}/${endpoint}/${resolved(id, ids) ?? ''}`;
}
