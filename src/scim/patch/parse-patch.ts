/** Reads a PATCH request (RFC 7644 section 3.5.2) into operations, forgiving about case and about `schemas`. */
import type { Json } from '../../directory/attributes.ts';
import { BridgeError } from '../../errors.ts';
import { caseless } from '../codec/caseless.ts';
import { objectBody } from '../codec/read-user.ts';

const MAX_OPERATIONS = 1_000;
const VERBS = ['add', 'replace', 'remove'] as const;

export interface PatchOperation {
  readonly op: (typeof VERBS)[number];
  /** undefined: the value's own keys are the paths. */
  readonly path: string | undefined;
  /** Null takes away. */
  readonly value: Json | undefined;
}

export interface ParsedPatch {
  readonly operations: readonly PatchOperation[];
  /** Why others cannot be read, or the request is too long. */
  readonly refused: readonly BridgeError[];
}

/** @throws BridgeError invalid_syntax, invalid_value, no_target, too_many */
export function parsePatch(body: unknown): readonly PatchOperation[] {
  const { operations, refused } = readPatch(body);
  if (refused[0] !== undefined) throw refused[0];
  return operations;
}

/**
 * Reads each operation by itself. No operations at all are no change.
 * @throws BridgeError invalid_syntax for a body that is not a PATCH
 */
export function readPatch(body: unknown): ParsedPatch {
  const fields = objectBody(body);
  const listed = caseless(fields, 'operations') ?? [];
  const isOther = (name: string) => !['operations', 'schemas'].includes(name.toLowerCase());
  if (!Array.isArray(listed) || (listed.length === 0 && Object.keys(fields).some(isOther))) {
    throw new BridgeError(
      'invalid_syntax',
      'A PATCH says what changes in a list "Operations" (RFC 7644 section 3.5.2).',
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
      new BridgeError('too_many', `A PATCH may have ${MAX_OPERATIONS} operations: send it in parts.`),
    );
  }
  return { operations, refused };
}

function parseOperation(operation: unknown): PatchOperation {
  const fields = objectBody(operation);
  const verb = caseless(fields, 'op');
  const op = VERBS.find((candidate) => typeof verb === 'string' && verb.toLowerCase() === candidate);
  if (op === undefined) {
    throw new BridgeError('invalid_syntax', 'An operation\'s "op" is to be add, replace or remove.');
  }
  const path = caseless(fields, 'path') ?? undefined;
  if (path !== undefined && typeof path !== 'string') {
    throw new BridgeError('invalid_path', 'An operation\'s "path" is to be a string.');
  }
  const value = caseless(fields, 'value');
  const hasPath = path !== undefined && path.trim() !== '';
  if (!hasPath && op === 'remove') {
    throw new BridgeError('no_target', 'A remove is to say what: give it a "path".');
  }
  if (!hasPath && (typeof value !== 'object' || value === null || Array.isArray(value))) {
    throw new BridgeError('invalid_value', 'An operation without a "path" is to have an object as "value".');
  }
  return { op, path: hasPath ? path : undefined, value };
}
