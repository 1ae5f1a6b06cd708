/**
 * A SCIM filter (RFC 7644 section 3.4.2.2) as a condition that the store understands. `eq` and `and` are understood;
 * everything else is refused by name.
 */
import { parse, type Filter } from 'scim2-parse-filter';
import type { Condition } from '../../directory/query.ts';
import { BridgeError } from '../../errors.ts';
import type { ResourceSchema } from '../schema/resource-schema.ts';
import { elementCondition, fieldCondition, type Scalar } from './filter-fields.ts';
import { prepareFilter } from './prepare-filter.ts';

const MAX_LENGTH = 4_096;
const MAX_CLAUSES = 32;
const MAX_DEPTH = 8;

export interface Comparison {
  readonly path: string;
  readonly value: Scalar;
}

/** @throws BridgeError invalid_filter; too_many for one that is longer, deeper or wider than the bridge reads. */
export function parseFilter(schema: ResourceSchema, text: string): Condition {
  const conditions = parseClauses(text).map((clause) =>
    'element' in clause
      ? elementCondition(schema, clause.element, clause.comparisons)
      : fieldCondition(schema, clause.path, clause.value),
  );
  const [only] = conditions;
  return only !== undefined && conditions.length === 1 ? only : { op: 'and', conditions };
}

/** The filter inside a path's brackets: what an element must have. @throws BridgeError invalid_filter, too_many */
export function parseElementFilter(text: string): readonly Comparison[] {
  return parseClauses(text).map((clause) => {
    if ('element' in clause)
      throw new BridgeError('invalid_filter', 'Brackets within brackets are not supported.');
    return clause;
  });
}

/** `a[x eq 1 and y eq 2]`: both of one element. */
interface ElementClause {
  readonly element: string;
  readonly comparisons: readonly Comparison[];
}

function parseClauses(text: string): readonly (Comparison | ElementClause)[] {
  if (text.length > MAX_LENGTH) throw tooMany(`is longer than ${MAX_LENGTH} characters`);
  const { text: prepared, values } = prepareFilter(text);
  if ((prepared.match(/[[(]/g)?.length ?? 0) > MAX_CLAUSES) throw tooMany('has too many brackets');
  let ast: Filter;
  try {
    ast = parse(prepared);
  } catch {
    throw new BridgeError('invalid_filter', `The filter cannot be read: ${text.slice(0, 100)}`);
  }
  const clauses = flatten(ast, values, 0);
  if (clauses.length > MAX_CLAUSES) throw tooMany(`has more than ${MAX_CLAUSES} comparisons`);
  return clauses;
}

function flatten(filter: Filter, values: readonly Scalar[], depth: number): (Comparison | ElementClause)[] {
  if (depth > MAX_DEPTH) throw tooMany(`nests deeper than ${MAX_DEPTH}`);
  switch (filter.op) {
    case 'and':
      return filter.filters.flatMap((part) => flatten(part, values, depth + 1));
    case 'eq':
      return [{ path: filter.attrPath, value: held(filter.compValue, values) }];
    case '[]': {
      const comparisons = flatten(filter.valFilter, values, depth + 1).map((clause) => {
        if ('element' in clause)
          throw new BridgeError('invalid_filter', 'Brackets within brackets are not supported.');
        return clause;
      });
      return [{ element: filter.attrPath, comparisons }];
    }
    default:
      throw new BridgeError(
        'invalid_filter',
        `The operator "${filter.op}" is not supported: use eq and and.`,
      );
  }
}

function held(value: unknown, values: readonly Scalar[]): Scalar {
  const index = typeof value === 'string' ? /^#(\d+)$/.exec(value)?.[1] : undefined;
  const original = index === undefined ? undefined : values[Number(index)];
  if (original === undefined)
    throw new BridgeError('invalid_filter', 'The filter compares with what is no value.');
  return original;
}

function tooMany(problem: string): BridgeError {
  return new BridgeError('too_many', `The filter ${problem}.`);
}
