/**
 * Replaces the values of a request or an answer, and keeps the structure: names of attributes, operators, types,
 * booleans. A text that is not known to be structure is a value.
 */
import { isObject, type Json } from '../../directory/attributes.ts';
import { REQUEST_ROUTES, SCIM_TYPES } from '../../directory/requests/logged-request.ts';
import { parseFilter, type Filter } from '../filter/parse-filter.ts';
import { groupAttributes, userAttributes } from '../requests/attribute-names.ts';

/** Texts with a meaning in SCIM, for an IdP or for the bridge. They are always kept. */
const KEPT = /^(?:true|false|null|work|home|other|mobile|fax|pager|admin|user|group|direct|indirect|)$/i;
const KNOWN_SCHEMA = /^urn:(?:ietf:params:scim|scim:schemas|okta:scim):[\w:.-]+$/i;
/** Members of requests and answers, in lower case, with the kind of their texts. */
const STRUCTURE: Readonly<Record<string, RegExp>> = {
  schemas: /^(?:urn:|http:\/\/schemas\.)[\w:./-]+$/i,
  op: /^(?:add|replace|remove)$/i,
  method: /^(?:post|put|patch|delete)$/i,
  status: /^\d{3}$/,
  scimtype: new RegExp(`^(?:${SCIM_TYPES.join('|')})$`),
  sortorder: /^(?:ascending|descending)$/i,
  attributes: /^[\w$.:-]+$/,
  excludedattributes: /^[\w$.:-]+$/,
};
/** Their numbers are part of the protocol. */
const COUNTS: ReadonlySet<string> = new Set([
  'totalresults',
  'startindex',
  'itemsperpage',
  'count',
  'failonerrors',
]);
const PARAMETERS = /^(?:attributes|excludedattributes|sortby|sortorder|startindex|count|aadoptscim\d*)$/i;
const PLAIN = /^[\w.:,$+-]*$/;
const NAME = /^[\w$.:-]+$/;
const QUOTED = /"(?:[^"\\]|\\.)*"/g;
const WORDS = /^(?:and|or|not|eq|ne|co|sw|ew|gt|ge|lt|le|pr)$/i;
const VARIABLE = /%7B%7B(r\d+)%7D%7D/g;
const ROOTS: ReadonlySet<string> = new Set(
  REQUEST_ROUTES.map((route) => (route.split('/')[1] ?? '').toLowerCase()),
);

export interface FakeValues {
  value(json: Json): Json;
  /** @param path after the base URL, with the query */
  url(path: string): string;
}

/** @param fakes `text` returns the fake of a text; `number` that of a number */
export function fakeValues(fakes: {
  readonly text: (value: string) => string;
  readonly number: (value: number) => number;
}): FakeValues {
  const text = (value: string) => (KEPT.test(value) || KNOWN_SCHEMA.test(value) ? value : fakes.text(value));

  /** @param textOf replaces a text */
  function member(json: Json, key: string, textOf = text): Json {
    const name = key.toLowerCase();
    if (typeof json === 'number') return COUNTS.has(name) ? json : fakes.number(json);
    if (typeof json === 'string') {
      if (STRUCTURE[name]?.test(json) === true) return json;
      return textOf(json);
    }
    if (Array.isArray(json)) return (json as readonly Json[]).map((element) => member(element, key));
    if (!isObject(json)) return json;
    return Object.fromEntries(
      Object.entries(json).map(([inner, value]) => [
        NAME.test(inner) ? inner : expression(inner),
        member(value, inner, readerOf(name, inner.toLowerCase())),
      ]),
    );
  }

  /** The parts of a search request and of an operation that are not values. */
  function readerOf(within: string, name: string): (written: string) => string {
    if (within === '' && name === 'filter') return expression;
    const isPath = (within === '' && name === 'sortby') || (within === 'operations' && name === 'path');
    return isPath ? pathText : text;
  }

  /** The path of an attribute or of a bulk operation. */
  function pathText(written: string): string {
    if (NAME.test(written)) return written;
    return written.startsWith('/') ? route(written) : expression(written);
  }

  /** A filter, or a path with a filter in it. */
  function expression(written: string): string {
    const rest = written.replaceAll(QUOTED, ' ').split(/[\s()[\]]+/);
    if (rest.every(isKnown)) return written.replaceAll(QUOTED, quotedFake);
    try {
      return filterText(parseFilter(written));
    } catch {
      return text(written);
    }
  }

  function quotedFake(quoted: string): string {
    try {
      return JSON.stringify(text(JSON.parse(quoted) as string));
    } catch {
      return '"?"';
    }
  }

  /** A filter with fakes, in a form that clients also write. */
  function filterText(filter: Filter): string {
    switch (filter.op) {
      case 'and':
      case 'or':
        return filter.filters.map((part) => `(${filterText(part)})`).join(` ${filter.op} `);
      case 'not':
        return `not (${filterText(filter.filter)})`;
      case '[]':
        return `${name(filter.path)}[${filterText(filter.filter)}]`;
      case 'pr':
        return `${name(filter.path)} pr`;
      default: {
        const { type, text: literal } = filter.literal;
        return `${name(filter.path)} ${filter.op} ${type === 'text' ? JSON.stringify(text(literal)) : literal}`;
      }
    }
  }

  function name(path: string): string {
    return NAME.test(path) ? path : text(path);
  }

  function route(path: string): string {
    return path
      .split('/')
      .map((part, index) => (index === 1 && ROOTS.has(part.toLowerCase()) ? part : segment(part)))
      .join('/');
  }

  function segment(part: string): string {
    if (part === '' || part.toLowerCase() === '.search') return part;
    return encoded(text(decoded(part)));
  }

  return {
    value: (json) => member(json, ''),
    url: (path) => {
      const [beginning = '', query] = path.split(/\?(.*)/s, 2);
      if (query === undefined) return route(beginning);
      const parameters = query.split('&').map((parameter) => {
        const [key = '', value] = parameter.split(/=(.*)/s, 2);
        const shown =
          key.toLowerCase() === 'filter' || PARAMETERS.test(key) || /^cursor$/i.test(key) ? key : text(key);
        if (value === undefined) return shown;
        if (PARAMETERS.test(key) && PLAIN.test(value)) return `${shown}=${value}`;
        const plain = decoded(value.replaceAll('+', ' '));
        return `${shown}=${encoded(key.toLowerCase() === 'filter' ? expression(plain) : text(plain))}`;
      });
      return `${route(beginning)}?${parameters.join('&')}`;
    },
  };
}

/** Words of a filter that are not values. */
function isKnown(word: string): boolean {
  const bare = word.replace(/^\./, '');
  if (bare === '' || WORDS.test(bare)) return true;
  const names = [
    userAttributes(bare),
    groupAttributes(bare),
    userAttributes(`emails.${bare}`),
    groupAttributes(`members.${bare}`),
  ];
  return names.some((name) => name !== undefined);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '?';
  }
}

/** Variables stay as they are. */
function encoded(part: string): string {
  return encodeURIComponent(part).replaceAll(VARIABLE, '{{$1}}');
}
