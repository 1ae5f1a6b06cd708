/** Reads values from a YAML document by the table of keys, and collects every problem with its place in the file. */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
  visit,
  type YAMLMap,
} from 'yaml';
import type { Environment } from './config.ts';
import type { Field } from './file-keys.ts';
import { maskedUrl } from './masked-url.ts';
import { nearestName } from './nearest-name.ts';
import { secretOf } from './secret-reference.ts';
import { settings } from './settings.ts';
import { YAML_ERRORS } from './yaml-errors.ts';

/** A value of the file, for `check-config`. */
export interface ShownValue {
  readonly path: string;
  readonly value: string;
  readonly origin: string;
}

export interface Section {
  /** The place of a key in the file, also when the key is missing. */
  placeOf(key: string): string;
  isGiven(key: string): boolean;
  /** undefined when the key is missing, or wrong; then its problem is added */
  get<T>(key: string, field: Field<T>): T | undefined;
  /** The section of a key; empty when it is missing. @param keys every key that may be in it */
  section(key: string, keys: readonly string[]): Section;
  /** The sections in the list below a key, at most `limit`. */
  sections(key: string, keys: readonly string[], limit: number): readonly Section[];
  problem(key: string, message: string): void;
}

interface Reading {
  readonly path: string;
  readonly document: Document;
  readonly lines: LineCounter;
  readonly environment: Environment;
  readonly problems: string[];
  readonly shown: ShownValue[];
  /** The environment variables that the file refers to. */
  readonly used: Set<string>;
}

interface Spot {
  readonly keys: string;
  /** Undefined when it is not in the file. `line` is then the line of its parent. */
  readonly node: Node | undefined;
  readonly line: number;
}

/**
 * @param text of the file; `path` is how messages name it
 * @param keys every key that may be at the top
 * @returns undefined when the text is not YAML; its problems are added
 */
export function readYaml(
  text: string,
  { path, environment, problems, shown, used }: Omit<Reading, 'document' | 'lines'>,
  keys: readonly string[],
): Section | undefined {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  for (const { code, pos } of document.errors)
    problems.push(`${path}:${lines.linePos(pos[0]).line}: ${YAML_ERRORS[code]}`);
  if (document.errors.length > 0) return undefined;
  const reading = { path, document, lines, environment, problems, shown, used };
  if (hasUnknownAlias(reading)) return undefined;
  return sectionAt(reading, { keys: '', node: document.contents ?? undefined, line: 1 }, keys);
}

/**
 * Its name is not shown, because a secret that begins with * looks like an alias. @returns whether there is one; its
 * problem is added
 */
function hasUnknownAlias(reading: Reading): boolean {
  const { path, document, problems } = reading;
  let found = false;
  visit(document, {
    Alias: (_key, alias) => {
      if (resolved(reading, alias) !== undefined) return;
      found = true;
      problems.push(
        `${path}:${lineOf(reading, alias, 1)}: has an alias (*) without an anchor (&) before it. Write a text that begins with * in quotes`,
      );
    },
  });
  return found;
}

function sectionAt(reading: Reading, spot: Spot, keys: readonly string[]): Section {
  const { problems, path } = reading;
  const map = mapAt(reading, spot);
  const spots = new Map<string, Spot>();
  for (const { key, value } of map?.items ?? []) {
    const name = isScalar(key) ? String(key.value) : '?';
    const line = lineOf(reading, key as Node, spot.line);
    const at = { keys: below(spot, name), node: resolved(reading, value as Node | null), line };
    spots.set(name, at);
    if (keys.includes(name)) continue;
    const nearest = nearestName(name, keys);
    const advice =
      nearest === undefined ? `The keys here are ${keys.join(', ')}.` : `Did you mean ${nearest}?`;
    problems.push(`${placeText(path, at)}: there is no such key. ${advice}`);
  }
  const spotOf = (key: string): Spot =>
    spots.get(key) ?? { keys: below(spot, key), node: undefined, line: spot.line };
  const problem = (key: string, message: string) => {
    problems.push(`${placeText(path, spotOf(key))}: ${message}`);
  };
  return {
    placeOf: (key) => placeText(path, spotOf(key)),
    isGiven: (key) => spots.has(key),
    get: (key, field) => {
      if (!spots.has(key)) return undefined;
      try {
        return valueOf(reading, spotOf(key), field);
      } catch (error) {
        problem(key, error instanceof Error ? error.message : 'cannot be read');
        return undefined;
      }
    },
    section: (key, names) => sectionAt(reading, spotOf(key), names),
    sections: (key, names, limit) => {
      const { node, keys: list, line } = spotOf(key);
      if (node === undefined) return [];
      if (!isSeq(node) || node.items.length === 0 || node.items.length > limit) {
        problem(key, `expects a list with 1 to ${limit} entries`);
        return [];
      }
      return node.items.map((item, index) => {
        const entry = resolved(reading, item as Node | null);
        return sectionAt(
          reading,
          { keys: `${list}[${index}]`, node: entry, line: lineOf(reading, entry, line) },
          names,
        );
      });
    },
    problem,
  };
}

function mapAt({ problems, path }: Reading, spot: Spot): YAMLMap | undefined {
  if (spot.node === undefined || isMap(spot.node)) return spot.node;
  problems.push(`${placeText(path, spot)}: expects keys with values`);
  return undefined;
}

/** @throws Error that says what is expected */
function valueOf<T>(reading: Reading, spot: Spot, field: Field<T>): T {
  const plain = textOf(spot.node);
  if (
    field.secret === true &&
    !(field.parse === settings.databaseUrl.parse && plain?.startsWith('sqlite:'))
  ) {
    const { text, origin } = secretOf(reading, spot.node);
    const value = field.parse(text);
    // The rest of a database's URL is shown.
    const shown = field.parse === settings.databaseUrl.parse ? maskedUrl(text) : '****';
    show(reading, spot, shown, `, ${origin}`);
    return value;
  }
  if (plain === undefined)
    throw new Error('expects a single value, or a list of them where several can be given');
  if (plain.trim() === '') throw new Error('is empty: give it a value, or remove it');
  const value = field.parse(plain);
  show(reading, spot, maskedUrl(plain), '');
  return value;
}

function show({ shown, path }: Reading, { keys, line }: Spot, value: string, more: string): void {
  shown.push({ path: keys, value, origin: `${path}:${line}${more}` });
}

/** A scalar as it is written; a list of scalars with commas. */
function textOf(node: Node | undefined): string | undefined {
  if (isScalar(node)) {
    const { value, source } = node;
    // A number or a date is taken as it is written.
    return typeof value === 'string' ? value : value === null ? '' : source;
  }
  if (!isSeq(node)) return undefined;
  const items = node.items.map((item) => textOf(item as Node));
  return items.includes(undefined) ? undefined : items.join(',');
}

function resolved({ document }: Reading, node: Node | null): Node | undefined {
  return (isAlias(node) ? node.resolve(document) : node) ?? undefined;
}

function lineOf({ lines }: Reading, node: Node | undefined, otherwise: number): number {
  const offset = node?.range?.[0];
  return offset === undefined ? otherwise : lines.linePos(offset).line;
}

function below({ keys }: Spot, name: string): string {
  return keys === '' ? name : `${keys}.${name}`;
}

function placeText(path: string, { keys, line }: Spot): string {
  return keys === '' ? `${path}:${line}` : `${path}:${line} ${keys}`;
}
