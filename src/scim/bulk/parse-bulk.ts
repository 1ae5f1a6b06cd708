/** Reads a bulk request (RFC 7644 section 3.7). */
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
  /** None for a POST; may be `bulkId:` and the name of an operation. */
  readonly id: string | undefined;
  readonly bulkId: string | undefined;
  readonly data: Json | undefined;
  /** As If-Match would say it. */
  readonly version: string | undefined;
}

/** An operation that cannot be read: it is told so in its place, and does not touch the others. */
export interface BrokenOperation {
  readonly error: BridgeError;
  readonly method: string | undefined;
  readonly bulkId: string | undefined;
}

export interface BulkRequest {
  readonly operations: readonly (BulkOperation | BrokenOperation)[];
  /** Stop after so many errors; undefined: never. */
  readonly failOnErrors: number | undefined;
}

/** @throws BridgeError invalid_syntax, invalid_value; payload_too_large for too many operations */
export function parseBulk(body: unknown): BulkRequest {
  const fields = objectBody(body);
  const operations = caseless(fields, 'operations');
  if (!Array.isArray(operations)) {
    throw new BridgeError('invalid_syntax', 'A bulk request is to have a list "Operations".');
  }
  if (operations.length > MAX_OPERATIONS) {
    throw new BridgeError(
      'payload_too_large',
      `A bulk request may have ${MAX_OPERATIONS} operations: send it in parts.`,
    );
  }
  const limit = caseless(fields, 'failonerrors') ?? undefined;
  if (limit !== undefined && !(typeof limit === 'number' && Number.isInteger(limit) && limit >= 0)) {
    throw new BridgeError('invalid_value', '"failOnErrors" is to be a number of errors.');
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
    const said = (name: string) => {
      const value = isObject(operation) ? caseless(operation, name) : undefined;
      return typeof value === 'string' ? value.slice(0, MAX_BULK_ID_LENGTH) : undefined;
    };
    return { error, method: said('method'), bulkId: said('bulkid') };
  }
}

function parseOperation(operation: Json): BulkOperation {
  const fields = objectBody(operation);
  const verb = textOf(fields, 'method')?.toUpperCase();
  const method = METHODS.find((known) => known === verb);
  if (method === undefined) {
    throw new BridgeError(
      'invalid_syntax',
      'The "method" of a bulk operation is POST, PUT, PATCH or DELETE.',
    );
  }
  const path = textOf(fields, 'path')?.split('?', 1)[0] ?? '';
  const [, endpoint, id] = /^\/?(Users|Groups)(?:\/([^/]+))?\/?$/i.exec(path) ?? [];
  if (endpoint === undefined) {
    throw new BridgeError(
      'invalid_path',
      `The "path" of a bulk operation is /Users or /Groups, with an id unless it creates: not "${path.slice(0, 100)}".`,
    );
  }
  if ((id === undefined) !== (method === 'POST')) {
    throw new BridgeError(
      'invalid_path',
      method === 'POST'
        ? 'A POST is to a list, not to one resource.'
        : `A ${method} is to one resource: the path lacks its id.`,
    );
  }
  const bulkId = textOf(fields, 'bulkid');
  if (method === 'POST' && (bulkId === undefined || bulkId === '')) {
    throw new BridgeError('invalid_value', 'A POST in a bulk request needs a "bulkId".');
  }
  if (bulkId !== undefined && bulkId.length > MAX_BULK_ID_LENGTH) {
    throw new BridgeError('invalid_value', `A "bulkId" may have ${MAX_BULK_ID_LENGTH} characters.`);
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
      throw new BridgeError('invalid_value', `The bulkId "${operation.bulkId}" is there twice.`);
    }
    seen.add(operation.bulkId);
  }
}

function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    throw new BridgeError('invalid_path', 'The path of a bulk operation has an escape that is none.');
  }
}

function textOf(fields: Readonly<Record<string, Json>>, name: string): string | undefined {
  const value = caseless(fields, name) ?? undefined;
  if (value === undefined || typeof value === 'string') return value;
  throw new BridgeError('invalid_syntax', `"${name}" of a bulk operation is to be text.`);
}
