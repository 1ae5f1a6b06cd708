/**
 * Parses a SCIM filter (RFC 7644 section 3.4.2.2) into a tree. It tolerates what clients write and limits the length,
 * width and depth. It does not resolve attribute names: the callers do.
 */
import { parse, type Filter as Parsed } from 'scim2-parse-filter';
import { BridgeError } from '../../errors.ts';
import { prepareFilter, type Literal } from './prepare-filter.ts';

const MAX_LENGTH = 4_096;
const MAX_CLAUSES = 32;
const MAX_DEPTH = 8;

const COMPARATORS = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'] as const;

export interface Comparison {
  readonly op: (typeof COMPARATORS)[number];
  readonly path: string;
  readonly literal: Literal;
}

export type Filter =
  | Comparison
  | { readonly op: 'and' | 'or'; readonly filters: readonly Filter[] }
  | { readonly op: 'not'; readonly filter: Filter }
  | { readonly op: 'pr'; readonly path: string }
  /** One element of the list at `path` matches the whole filter. */
  | { readonly op: '[]'; readonly path: string; readonly filter: Filter };

/** @throws BridgeError invalid_filter; too_many for a filter that exceeds the limits. */
export function parseFilter(text: string): Filter {
  if (text.length > MAX_LENGTH) throw tooMany(`is longer than ${MAX_LENGTH} characters`);
  const { text: prepared, literals } = prepareFilter(text);
  if ((prepared.match(/[[(]/g)?.length ?? 0) > MAX_CLAUSES) throw tooMany('has too many brackets');
  let parsed: Parsed;
  try {
    parsed = parse(prepared);
  } catch {
    throw new BridgeError('invalid_filter', `The filter is not valid: ${text.slice(0, 100)}`);
  }
  const clauses = { left: MAX_CLAUSES };
  return treeOf(parsed, literals, clauses, { depth: 0, inElement: false });
}

interface Nesting {
  readonly depth: number;
  readonly inElement: boolean;
}

function treeOf(
  parsed: Parsed,
  literals: readonly Literal[],
  clauses: { left: number },
  { depth, inElement }: Nesting,
): Filter {
  if (depth > MAX_DEPTH) throw tooMany(`is nested more than ${MAX_DEPTH} levels deep`);
  const within = (part: Parsed, nesting: Partial<Nesting> = {}) =>
    treeOf(part, literals, clauses, { depth: depth + 1, inElement, ...nesting });
  switch (parsed.op) {
    case 'and':
    case 'or':
      return { op: parsed.op, filters: parsed.filters.map((part) => within(part)) };
    case 'not':
      return { op: 'not', filter: within(parsed.filter) };
    case '[]':
      if (inElement) throw new BridgeError('invalid_filter', 'Brackets within brackets are not supported.');
      return {
        op: '[]',
        path: named(parsed.attrPath),
        filter: within(parsed.valFilter, { inElement: true }),
      };
    case 'pr':
      count(clauses);
      return { op: 'pr', path: named(parsed.attrPath) };
    default: {
      count(clauses);
      const op = COMPARATORS.find((known) => known === parsed.op);
      if (op === undefined) throw new BridgeError('invalid_filter', `There is no operator "${parsed.op}".`);
      return { op, path: named(parsed.attrPath), literal: literalOf(parsed.compValue, literals) };
    }
  }
}

/** Rejects names that reach an object's prototype. */
function named(path: string): string {
  if (!/(^|[.:])(__proto__|constructor|prototype)($|[.:])/.test(path)) return path;
  throw new BridgeError('invalid_filter', `The filter has a name that is not allowed: ${path.slice(0, 100)}`);
}

function count(clauses: { left: number }): void {
  clauses.left -= 1;
  if (clauses.left < 0) throw tooMany(`has more than ${MAX_CLAUSES} comparisons`);
}

function literalOf(value: unknown, literals: readonly Literal[]): Literal {
  const index = typeof value === 'string' ? /^#(\d+)$/.exec(value)?.[1] : undefined;
  const literal = index === undefined ? undefined : literals[Number(index)];
  if (literal === undefined)
    throw new BridgeError(
      'invalid_filter',
      'The filter compares an attribute with something that is not a value.',
    );
  return literal;
}

function tooMany(problem: string): BridgeError {
  return new BridgeError('too_many', `The filter ${problem}.`);
}
