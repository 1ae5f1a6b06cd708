/** Parses a PATCH request (RFC 7644 section 3.5.2) into operations. Case and `schemas` do not matter. */
import type { Json } from '../../directory/attributes.ts';
import { BridgeError } from '../../errors.ts';
import { caseless } from '../codec/caseless.ts';
import { objectBody } from '../codec/read-user.ts';

const MAX_OPERATIONS = 1_000;
const VERBS = ['add', 'replace', 'remove'] as const;

export interface PatchOperation {
  readonly op: (typeof VERBS)[number];
  /** Undefined: the keys of the value are the paths. */
  readonly path: string | undefined;
  /** Null removes the attribute. */
  readonly value: Json | undefined;
}

export interface ParsedPatch {
  readonly operations: readonly PatchOperation[];
  /** The errors of operations that are not valid, or of a request with too many operations. */
  readonly refused: readonly BridgeError[];
}

/** @throws BridgeError invalid_syntax, invalid_value, no_target, too_many */
export function parsePatch(body: unknown): readonly PatchOperation[] {
  const { operations, refused } = readPatch(body);
  if (refused[0] !== undefined) throw refused[0];
  return operations;
}

/**
 * Parses each operation by itself. A request without operations changes nothing.
 * @throws BridgeError invalid_syntax for a body that is not a PATCH
 */
export function readPatch(body: unknown): ParsedPatch {
  const fields = objectBody(body);
  const listed = caseless(fields, 'operations') ?? [];
  const isOther = (name: string) => !['operations', 'schemas'].includes(name.toLowerCase());
  if (!Array.isArray(listed) || (listed.length === 0 && Object.keys(fields).some(isOther))) {
    throw new BridgeError(
      'invalid_syntax',
      'A PATCH must have a list "Operations" (RFC 7644 section 3.5.2).',
    );
  }
  const refused: BridgeError[] = [];
  const operations = (listed as readonly unknown[]).flatMap((operation) => {
    try {
      return parseOperation(operation);
    } catch (error) {
      if (!(error instanceof BridgeError)) throw error;
      refused.push(error);
      return [];
    }
  });
  if (listed.length > MAX_OPERATIONS) {
    refused.unshift(
      new BridgeError(
        'too_many',
        `A PATCH can have at most ${MAX_OPERATIONS} operations: split it into several requests.`,
      ),
    );
  }
  return { operations, refused };
}

function parseOperation(operation: unknown): PatchOperation {
  const fields = objectBody(operation);
  const verb = caseless(fields, 'op');
  const op = VERBS.find((candidate) => typeof verb === 'string' && verb.toLowerCase() === candidate);
  if (op === undefined) {
    throw new BridgeError('invalid_syntax', 'The "op" of an operation must be add, replace or remove.');
  }
  const path = caseless(fields, 'path') ?? undefined;
  if (path !== undefined && typeof path !== 'string') {
    throw new BridgeError('invalid_path', 'The "path" of an operation must be a string.');
  }
  const value = caseless(fields, 'value');
  const hasPath = path !== undefined && path.trim() !== '';
  if (!hasPath && op === 'remove') {
    throw new BridgeError('no_target', 'A remove operation must have a "path".');
  }
  if (!hasPath && (typeof value !== 'object' || value === null || Array.isArray(value))) {
    throw new BridgeError(
      'invalid_value',
      'An operation without a "path" must have an object as its "value".',
    );
  }
  return { op, path: hasPath ? path : undefined, value };
}
