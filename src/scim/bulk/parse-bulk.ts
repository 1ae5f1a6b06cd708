/** Parses a bulk request (RFC 7644 section 3.7). */
import { isObject, type Json } from '../../directory/attributes.ts';
import { BridgeError } from '../../errors.ts';
import { caseless } from '../codec/caseless.ts';
import { objectBody } from '../codec/read-user.ts';

export const MAX_OPERATIONS = 1_000;
const METHODS = ['POST', 'PUT', 'PATCH', 'DELETE'] as const;
const MAX_BULK_ID_LENGTH = 256;

export interface BulkOperation {
  readonly method: (typeof METHODS)[number];
  /** `Users` or `Groups`, in the service's spelling. */
  readonly endpoint: string;
  /** Undefined for a POST. May be `bulkId:` and the bulkId of another operation. */
  readonly id: string | undefined;
  readonly bulkId: string | undefined;
  readonly data: Json | undefined;
  /** Like the value of an If-Match header. */
  readonly version: string | undefined;
}

/** An operation that is not valid. It gets an error in its place of the response, and does not affect the others. */
export interface BrokenOperation {
  readonly error: BridgeError;
  readonly method: string | undefined;
  readonly bulkId: string | undefined;
}

export interface BulkRequest {
  readonly operations: readonly (BulkOperation | BrokenOperation)[];
  /** Stop after this many errors; undefined: never. */
  readonly failOnErrors: number | undefined;
}

/** @throws BridgeError invalid_syntax, invalid_value; payload_too_large for too many operations */
export function parseBulk(body: unknown): BulkRequest {
  const fields = objectBody(body);
  const operations = caseless(fields, 'operations');
  if (!Array.isArray(operations)) {
    throw new BridgeError('invalid_syntax', 'A bulk request must have a list "Operations".');
  }
  if (operations.length > MAX_OPERATIONS) {
    throw new BridgeError(
      'payload_too_large',
      `A bulk request can have at most ${MAX_OPERATIONS} operations: split it into several requests.`,
    );
  }
  const limit = caseless(fields, 'failonerrors') ?? undefined;
  if (limit !== undefined && !(typeof limit === 'number' && Number.isInteger(limit) && limit >= 0)) {
    throw new BridgeError('invalid_value', '"failOnErrors" must be a whole number, 0 or greater.');
  }
  const parsed = (operations as readonly Json[]).map(parsedOrError);
  assertDistinct(parsed);
  return { operations: parsed, failOnErrors: limit === 0 ? undefined : limit };
}

function parsedOrError(operation: Json): BulkOperation | BrokenOperation {
  try {
    return parseOperation(operation);
  } catch (error) {
    if (!(error instanceof BridgeError)) throw error;
    const textField = (name: string) => {
      const value = isObject(operation) ? caseless(operation, name) : undefined;
      return typeof value === 'string' ? value.slice(0, MAX_BULK_ID_LENGTH) : undefined;
    };
    return { error, method: textField('method'), bulkId: textField('bulkid') };
  }
}

function parseOperation(operation: Json): BulkOperation {
  const fields = objectBody(operation);
  const verb = textOf(fields, 'method')?.toUpperCase();
  const method = METHODS.find((known) => known === verb);
  if (method === undefined) {
    throw new BridgeError(
      'invalid_syntax',
      'The "method" of a bulk operation must be POST, PUT, PATCH or DELETE.',
    );
  }
  const path = textOf(fields, 'path')?.split('?', 1)[0] ?? '';
  const [, endpoint, id] = /^\/?(Users|Groups)(?:\/([^/]+))?\/?$/i.exec(path) ?? [];
  if (endpoint === undefined) {
    throw new BridgeError(
      'invalid_path',
      `The "path" of a bulk operation must be /Users or /Groups, followed by an id unless the method is POST. It is "${path.slice(0, 100)}".`,
    );
  }
  if ((id === undefined) !== (method === 'POST')) {
    throw new BridgeError(
      'invalid_path',
      method === 'POST'
        ? 'A POST must not have an id in its path: use /Users or /Groups.'
        : `A ${method} must have the id of a resource in its path.`,
    );
  }
  const bulkId = textOf(fields, 'bulkid');
  if (method === 'POST' && (bulkId === undefined || bulkId === '')) {
    throw new BridgeError('invalid_value', 'A POST in a bulk request needs a "bulkId".');
  }
  if (bulkId !== undefined && bulkId.length > MAX_BULK_ID_LENGTH) {
    throw new BridgeError('invalid_value', `A "bulkId" can have at most ${MAX_BULK_ID_LENGTH} characters.`);
  }
  const data = caseless(fields, 'data');
  return {
    method,
    endpoint: endpoint.toLowerCase() === 'users' ? 'Users' : 'Groups',
    id: id === undefined ? undefined : decoded(id),
    bulkId,
    data,
    version: textOf(fields, 'version'),
  };
}

function assertDistinct(operations: readonly (BulkOperation | BrokenOperation)[]): void {
  const seen = new Set<string>();
  for (const operation of operations) {
    if ('error' in operation || operation.bulkId === undefined) continue;
    if (seen.has(operation.bulkId)) {
      throw new BridgeError(
        'invalid_value',
        `The bulkId "${operation.bulkId}" is used twice: each one must be unique.`,
      );
    }
    seen.add(operation.bulkId);
  }
}

function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    throw new BridgeError('invalid_path', 'The path of a bulk operation has an invalid percent-encoding.');
  }
}

function textOf(fields: Readonly<Record<string, Json>>, name: string): string | undefined {
  const value = caseless(fields, name) ?? undefined;
  if (value === undefined || typeof value === 'string') return value;
  throw new BridgeError('invalid_syntax', `"${name}" of a bulk operation must be a string.`);
}
