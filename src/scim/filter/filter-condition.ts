/** Converts a filter to a condition on the resources of one schema. */
import type { Comparator, Condition, List } from '../../directory/query.ts';
import { BridgeError } from '../../errors.ts';
import type { AttributeInfo, ResourceSchema } from '../schema/resource-schema.ts';
import { compareText } from './compare-text.ts';
import { elementField, listOf, placeOf, unusable, type Place } from './filter-place.ts';
import type { Comparison, Filter } from './parse-filter.ts';
import { parseInstant } from './parse-instant.ts';
import type { Literal } from './prepare-filter.ts';

/** @throws BridgeError invalid_filter for an attribute that cannot be compared, or not with this operator */
export function filterCondition(schema: ResourceSchema, filter: Filter): Condition {
  switch (filter.op) {
    case 'and':
    case 'or':
      return { op: filter.op, conditions: filter.filters.map((part) => filterCondition(schema, part)) };
    case 'not':
      return { op: 'not', condition: filterCondition(schema, filter.filter) };
    case '[]': {
      const { list, info } = listOf(schema, filter.path);
      return { op: 'some', list, condition: elementCondition(list, info, filter.filter) };
    }
    case 'pr': {
      const place = placeOf(schema, filter.path);
      return 'constant' in place ? { op: 'always' } : present(place);
    }
    default: {
      const place = placeOf(schema, filter.path);
      if ('constant' in place) {
        return { op: compareText(filter.op, place.constant, filter.literal.text) ? 'always' : 'never' };
      }
      return comparison(place, filter);
    }
  }
}

function elementCondition(list: List, info: AttributeInfo | undefined, filter: Filter): Condition {
  switch (filter.op) {
    case 'and':
    case 'or':
      return { op: filter.op, conditions: filter.filters.map((part) => elementCondition(list, info, part)) };
    case 'not':
      return { op: 'not', condition: elementCondition(list, info, filter.filter) };
    case '[]':
      throw unusable(filter.path);
    case 'pr':
      return present(elementField(list, info, filter.path));
    default:
      return comparison(elementField(list, info, filter.path), filter);
  }
}

function present({ list, field }: Place): Condition {
  const condition: Condition = { op: 'present', field };
  return list === null ? condition : { op: 'some', list, condition };
}

/** `ne` is the negation of `eq`: for a list, no element has the value. */
function comparison(place: Place, { op, path, literal }: Comparison): Condition {
  if (op === 'ne') return { op: 'not', condition: comparison(place, { op: 'eq', path, literal }) };
  if (literal.type === 'null') {
    if (op !== 'eq')
      throw new BridgeError(
        'invalid_filter',
        `"${path.slice(0, 100)}" cannot be compared with null using ${op}: use eq or ne.`,
      );
    return { op: 'not', condition: present(place) };
  }
  const { list, field } = place;
  const compared = compare(place, op, path, literal);
  return list === null || compared.op === 'never'
    ? compared
    : { op: 'some', list, condition: { ...compared, field } };
}

function compare(
  { field, type }: Place,
  op: Comparator,
  path: string,
  { text }: Literal,
): Extract<Condition, { op: Comparator }> | { op: 'never' } {
  const name = path.slice(0, 100);
  switch (type) {
    case 'complex':
      throw new BridgeError(
        'invalid_filter',
        `"${name}" is a complex attribute: compare one of its sub-attributes.`,
      );
    case 'boolean': {
      if (op !== 'eq')
        throw new BridgeError('invalid_filter', `"${name}" is a boolean: compare it using eq or ne.`);
      const value = text.toLowerCase();
      if (value !== 'true' && value !== 'false') return { op: 'never' };
      return { op, field, value: field.kind === 'column' ? value === 'true' : value };
    }
    case 'instant': {
      const value = parseInstant(text);
      if (value === undefined || op === 'co' || op === 'sw' || op === 'ew') {
        throw new BridgeError(
          'invalid_filter',
          `"${name}" is a date and time: compare it with a date and time using eq, ne, gt, ge, lt or le.`,
        );
      }
      return { op, field, value };
    }
    case 'text':
      // Every text contains, starts with and ends with the empty text.
      if (text === '' && (op === 'co' || op === 'ew')) return { op: 'sw', field, value: text };
      return { op, field, value: text };
  }
}
