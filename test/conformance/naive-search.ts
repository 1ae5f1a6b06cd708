/** What a filter and a sort mean, said as plainly as possible, over resources in memory. */
import { foldText } from '../../src/directory/fold.ts';
export interface Person {
  readonly id: string;
  readonly userName: string;
  readonly active: boolean;
  readonly externalId?: string;
  readonly [attribute: string]: unknown;
}

export type Clause =
  | { readonly op: 'and' | 'or'; readonly parts: readonly [Clause, Clause] }
  | { readonly op: 'not'; readonly part: Clause }
  | { readonly op: 'pr'; readonly path: string }
  | { readonly op: string; readonly path: string; readonly value: string }
  | { readonly op: '[]'; readonly list: string; readonly part: Clause };

export const ENT = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const EXACT = new Set(['id', 'externalId']);

export function textOf(clause: Clause): string {
  if ('parts' in clause) return `(${textOf(clause.parts[0])} ${clause.op} ${textOf(clause.parts[1])})`;
  if ('list' in clause) return `${clause.list}[${textOf(clause.part)}]`;
  if ('part' in clause) return `not (${textOf(clause.part)})`;
  if ('value' in clause) return `${clause.path} ${clause.op} ${JSON.stringify(clause.value)}`;
  return `${clause.path} pr`;
}

export function matches(clause: Clause, resource: unknown): boolean {
  if ('parts' in clause) {
    const [a, b] = clause.parts;
    return clause.op === 'and'
      ? matches(a, resource) && matches(b, resource)
      : matches(a, resource) || matches(b, resource);
  }
  if ('list' in clause) {
    const list = (resource as Record<string, unknown>)[clause.list];
    return Array.isArray(list) && list.some((element) => matches(clause.part, element));
  }
  if ('part' in clause) return !matches(clause.part, resource);
  const values = valuesAt(resource, clause.path);
  if (!('value' in clause)) return values.some((value) => value !== '');
  if (clause.op === 'ne') return !matches({ ...clause, op: 'eq' }, resource);
  const fold = (text: string) => (EXACT.has(clause.path) ? text : foldText(text));
  return values.some((value) => compares(clause.op, fold(value), fold(clause.value)));
}

function compares(op: string, text: string, value: string): boolean {
  const order = byCodePoint(text, value);
  switch (op) {
    case 'eq':
      return text === value;
    case 'co':
      return text.includes(value);
    case 'sw':
      return text.startsWith(value);
    case 'ew':
      return text.endsWith(value);
    case 'gt':
      return order > 0;
    case 'ge':
      return order >= 0;
    case 'lt':
      return order < 0;
    default:
      return order <= 0;
  }
}

/** What a person is sorted by: the primary element of a list, else its first. */
export function sortKey(path: string, person: Person): string | undefined {
  const list = person[path];
  const chosen = Array.isArray(list)
    ? [(list as { primary?: boolean }[]).find((element) => element.primary === true) ?? (list[0] as unknown)]
    : [person];
  const [value] = valuesAt(chosen[0], Array.isArray(list) ? 'value' : path);
  return value === undefined || EXACT.has(path) ? value : foldText(value);
}

export function byCodePoint(a: string, b: string): number {
  const [x, y] = [Array.from(a), Array.from(b)];
  for (let at = 0; at < Math.max(x.length, y.length); at += 1) {
    const difference = (x[at]?.codePointAt(0) ?? -1) - (y[at]?.codePointAt(0) ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Every simple value that the path leads to, as text. */
function valuesAt(resource: unknown, path: string): string[] {
  const names = path.startsWith(`${ENT}:`) ? [ENT, path.slice(ENT.length + 1)] : path.split('.');
  let found: unknown[] = [resource];
  for (const name of names) {
    found = found
      .flatMap((one) => (Array.isArray(one) ? (one as unknown[]) : [one]))
      .flatMap((one) =>
        typeof one === 'object' && one !== null ? [(one as Record<string, unknown>)[name]] : [],
      );
  }
  return found
    .flatMap((one) =>
      Array.isArray(one) ? (one as { value?: unknown }[]).map((element) => element.value) : [one],
    )
    .filter((one) => one !== undefined && one !== null && typeof one !== 'object')
    .map(String);
}
