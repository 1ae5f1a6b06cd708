/**
 * Runs a bulk request (RFC 7644 section 3.7): each operation is durable by itself, in the order of the request, but for
 * those that refer to something that a later one creates. The answers are in the order of the request.
 */
import { setImmediate } from 'node:timers/promises';
import { BridgeError } from '../../errors.ts';
import { asBridgeError } from '../../http/problem.ts';
import type { Answer } from '../answer.ts';
import type { Call } from '../call.ts';
import type { ResourceOperations } from '../operations/resource-operations.ts';
import { readEntityTags } from '../preconditions.ts';
import { scimError } from '../scim-errors.ts';
import { BULK_RESPONSE } from '../schema/urns.ts';
import { bulkOrder, type Step } from './bulk-order.ts';
import { referencesOf, resolved, withoutReferences } from './bulk-references.ts';
import { parseBulk, type BrokenOperation, type BulkOperation } from './parse-bulk.ts';

type Asked = BulkOperation | BrokenOperation;

interface Result {
  readonly text: string;
  /** undefined: it failed */
  readonly answer: Answer | undefined;
}

/** @returns the JSON text of a BulkResponse @throws BridgeError for a request that cannot be read as a whole */
export async function runBulk(
  call: Call,
  types: readonly ResourceOperations[],
  body: unknown,
): Promise<string> {
  const { operations, failOnErrors = Infinity } = parseBulk(body);
  const ids = new Map<string, string>();
  const results = new Map<number, Result>();
  const order = bulkOrder(operations);
  let errors = 0;

  const take = async (step: Step) => {
    const asked = operations[step.index];
    if (asked === undefined) return;
    const result = await resultOf(call, asked, ids, () => {
      if (step.how === 'complete' && !('error' in asked)) return complete(call, types, asked, ids);
      return run(call, types, step.how === 'reduced' ? reduced(asked, order.uncreated()) : asked, ids);
    });
    results.set(step.index, result);
    if (result.answer === undefined) errors += 1;
    if (!('error' in asked) && asked.method === 'POST' && asked.bulkId !== undefined) {
      const id = result.answer?.location?.split('/').at(-1);
      if (id === undefined) ids.delete(asked.bulkId);
      else ids.set(asked.bulkId, id);
    }
    order.done(step, result.answer !== undefined);
    // Other requests get their turn, also when the operation did not wait for the disk.
    await setImmediate();
  };

  for (let step = order.next(); step !== undefined && errors < failOnErrors; step = order.next()) {
    await take(step);
  }
  // Nothing stays without its references, also when too many errors ended the request.
  for (const step of order.unfinished()) await take(step);
  const inOrder = [...results].sort(([a], [b]) => a - b).map(([, { text }]) => text);
  return `{"schemas":["${BULK_RESPONSE}"],"Operations":[${inOrder.join(',')}]}`;
}

/** The operation without the references that have no id yet. */
function reduced(asked: Asked, uncreated: ReadonlySet<string>): Asked {
  return 'error' in asked ? asked : { ...asked, data: withoutReferences(asked.data, uncreated) };
}

async function resultOf(
  call: Call,
  asked: Asked,
  ids: ReadonlyMap<string, string>,
  work: () => Promise<Answer>,
): Promise<Result> {
  const { method, bulkId } = asked;
  try {
    if ('error' in asked) throw asked.error;
    const answer = await work();
    const { status, version, location = addressOf(call, asked, ids) } = answer;
    return { text: JSON.stringify({ method, bulkId, location, version, status: String(status) }), answer };
  } catch (error) {
    const known = asBridgeError(error);
    if (known.code === 'internal' && !(error instanceof BridgeError)) throw error;
    const { status, body } = scimError(known);
    const location = 'error' in asked || asked.id === undefined ? undefined : addressOf(call, asked, ids);
    const text = JSON.stringify({ method, bulkId, location, status: String(status), response: body });
    return { text, answer: undefined };
  }
}

async function run(
  call: Call,
  types: readonly ResourceOperations[],
  operation: Asked,
  ids: ReadonlyMap<string, string>,
): Promise<Answer> {
  if ('error' in operation) throw operation.error;
  const type = typeOf(types, operation);
  // A person who is deactivated is, without what refers to nothing.
  const isLeaver = type.deactivates?.(operation) === true;
  assertKnown(isLeaver ? { ...operation, data: undefined } : operation, ids);
  const missing = new Set([...referencesOf(operation)].filter((name) => !ids.has(name)));
  const known = missing.size === 0 ? operation.data : withoutReferences(operation.data, missing);
  const id = resolved(operation.id, ids) ?? '';
  const data = resolved(known, ids);
  const leftOut = [...missing].map((name) => `bulkId:${name}`);
  const one: Call = { ...call, guard: readEntityTags(operation.version), known: undefined, leftOut };
  switch (operation.method) {
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

/** @throws BridgeError invalid_value for a reference to what was not created */
function assertKnown(operation: BulkOperation, ids: ReadonlyMap<string, string>): void {
  const missing = [...referencesOf(operation)].find((name) => !ids.has(name));
  if (missing === undefined) return;
  throw new BridgeError('invalid_value', `Nothing was created under the bulkId "${missing.slice(0, 100)}".`);
}

/** Gives what was made without its references all of them; what cannot have them is taken back. */
async function complete(
  call: Call,
  types: readonly ResourceOperations[],
  operation: BulkOperation,
  ids: ReadonlyMap<string, string>,
): Promise<Answer> {
  const type = typeOf(types, operation);
  const id = ids.get(operation.bulkId ?? '') ?? '';
  const plain: Call = { ...call, guard: undefined, known: undefined };
  try {
    assertKnown(operation, ids);
    return { ...(await type.replace(plain, id, resolved(operation.data, ids))), status: 201 };
  } catch (error) {
    const { message } = asBridgeError(error);
    await type.remove(plain, id);
    throw new BridgeError(
      'conflict',
      `The operations refer to each other in a circle, which fails: ${message}`,
      {
        cause: error,
      },
    );
  }
}

function typeOf(types: readonly ResourceOperations[], { endpoint }: BulkOperation): ResourceOperations {
  const type = types.find(({ name }) => `${name}s` === endpoint);
  if (type === undefined) throw new BridgeError('not_found', `There is nothing at /${endpoint}.`);
  return type;
}

function addressOf(
  { base }: Call,
  { endpoint, id }: BulkOperation,
  ids: ReadonlyMap<string, string>,
): string {
  return `${base}/${endpoint}/${resolved(id, ids) ?? ''}`;
}
