/** The shape of a request body: names of attributes in the schemas, and kinds of operations. No values. */
import { isObject, type Attributes, type Json } from '../../directory/attributes.ts';
import {
  OPERATION_KINDS,
  type AttributeName,
  type LoggedRequest,
  type OperationKind,
} from '../../directory/requests/logged-request.ts';
import { caseless } from '../codec/caseless.ts';
import { ENTERPRISE } from '../schema/urns.ts';
import { groupAttributes, userAttributes, type AttributeNames } from './attribute-names.ts';

/** How many keys and operations are read. The rest of a huge body counts as unknown attributes. */
const MAX_LOOKED_AT = 1_000;

/** Most bodies have these, and they change nothing. */
const SAYS_NOTHING: ReadonlySet<string> = new Set(['schemas', 'id', 'meta']);

export type BodyShape = Pick<LoggedRequest, 'attributes' | 'unknownAttributes' | 'operations'>;

/** The shape of a request without a body, or with one that is not an object. */
export const NO_BODY: BodyShape = { attributes: [], unknownAttributes: 0, operations: {} };

interface Found {
  readonly attributes: Set<AttributeName>;
  unknown: number;
  readonly operations: Partial<Record<OperationKind, number>>;
}

/** For a POST or PUT: the attributes of the resource. */
export function resourceShape(type: 'User' | 'Group', body: unknown): BodyShape {
  if (!isObject(body as Json)) return NO_BODY;
  const found: Found = { attributes: new Set(), unknown: 0, operations: {} };
  addKeys(namesOf(type), body as Attributes, found);
  return shapeOf(found);
}

/** For a PATCH: the kinds of its operations, and the attributes of their paths and values. */
export function patchShape(type: 'User' | 'Group', body: unknown): BodyShape {
  if (!isObject(body as Json)) return NO_BODY;
  const found: Found = { attributes: new Set(), unknown: 0, operations: {} };
  addOperations(namesOf(type), body as Attributes, found);
  return shapeOf(found);
}

/** For a bulk request: the number of operations of each method, and the attributes of all of them. */
export function bulkShape(body: unknown): BodyShape {
  if (!isObject(body as Json)) return NO_BODY;
  const found: Found = { attributes: new Set(), unknown: 0, operations: {} };
  for (const operation of operationsOf(body as Attributes)) {
    if (!isObject(operation)) continue;
    const method = countKind(caseless(operation, 'method'), found);
    const data = caseless(operation, 'data');
    const path = caseless(operation, 'path');
    if (!isObject(data) || typeof path !== 'string') continue;
    const names = namesOf(/^\/?groups/i.test(path) ? 'Group' : 'User');
    if (method === 'patch') addOperations(names, data, found, false);
    else addKeys(names, data, found);
  }
  return shapeOf(found);
}

function namesOf(type: 'User' | 'Group'): AttributeNames {
  return type === 'User' ? userAttributes : groupAttributes;
}

function shapeOf({ attributes, unknown, operations }: Found): BodyShape {
  return { attributes: [...attributes], unknownAttributes: unknown, operations };
}

function operationsOf(body: Attributes): readonly Json[] {
  const operations = caseless(body, 'operations');
  return Array.isArray(operations) ? (operations as readonly Json[]).slice(0, MAX_LOOKED_AT) : [];
}

function addOperations(names: AttributeNames, body: Attributes, found: Found, countsKinds = true): void {
  for (const operation of operationsOf(body)) {
    if (!isObject(operation)) continue;
    if (countsKinds) countKind(caseless(operation, 'op'), found);
    const path = caseless(operation, 'path');
    const value = caseless(operation, 'value');
    if (typeof path === 'string' && path.trim() !== '') addName(names(withoutFilter(path)), found);
    else if (isObject(value)) addKeys(names, value, found);
  }
}

function countKind(verb: Json | undefined, { operations }: Found): OperationKind | undefined {
  const kind = typeof verb === 'string' && verb.length < 10 ? verb.toLowerCase() : undefined;
  const known = OPERATION_KINDS.find((candidate) => candidate === kind);
  if (known !== undefined) operations[known] = (operations[known] ?? 0) + 1;
  return known;
}

/** `emails[type eq "work"].value` is about `emails.value`. The text in the brackets is not read. */
function withoutFilter(path: string): string {
  const name = path.trim();
  const start = name.indexOf('[');
  if (start === -1) return name;
  return name.slice(0, start) + name.slice(name.lastIndexOf(']') + 1);
}

function addKeys(names: AttributeNames, resource: Attributes, found: Found): void {
  const keys = Object.keys(resource);
  found.unknown += Math.max(keys.length - MAX_LOOKED_AT, 0);
  for (const key of keys.length > MAX_LOOKED_AT ? keys.slice(0, MAX_LOOKED_AT) : keys) {
    const name = names(key);
    const value = (name as string | undefined) === ENTERPRISE ? resource[key] : undefined;
    if (isObject(value)) {
      const parts = Object.keys(value).slice(0, MAX_LOOKED_AT);
      for (const part of parts) addName(names(`${ENTERPRISE}:${part}`), found);
    } else addName(name, found);
  }
}

function addName(name: AttributeName | undefined, found: Found): void {
  if (name === undefined) found.unknown += 1;
  else if (!SAYS_NOTHING.has(name)) found.attributes.add(name);
}
