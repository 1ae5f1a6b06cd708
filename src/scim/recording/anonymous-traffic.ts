/** Converts requests and their answers to steps of a recording, with fakes for values and variables for ids. */
import { isObject, type Attributes, type Json } from '../../directory/attributes.ts';
import { resourceId } from '../../directory/requests/logged-request.ts';
import { createFakes } from '../../recording/fakes.ts';
import type { RequestStep } from '../../recording/recording.ts';
import { MODE_GROUP, MODE_USER } from '../schema/urns.ts';
import { fakeValues } from './fake-values.ts';

/** Not compared: it depends on the time or the host, or is a sentence. */
const NOT_COMPARED: ReadonlySet<string> = new Set([
  'meta',
  '$ref',
  'detail',
  'location',
  'version',
  MODE_USER,
  MODE_GROUP,
]);
/** Other answers are the bridge's own documents. */
const OF_RESOURCES = /^\/(?:Users|Groups|Bulk)\b/i;
/** Fakes do not sort like their values, and share no parts. */
const DEPENDS_ON_TEXT = /sortby|(?:%20|\+|\s)(?:co|sw|ew|gt|ge|lt|le)(?:%20|\+|\s)/i;

export interface Traffic {
  readonly method: string;
  /** After the base URL, with the query. */
  readonly path: string;
  /** The headers that affect the answer. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Json | undefined;
  readonly status: number;
  /** undefined when there is none, or it is too large. */
  readonly answer: Json | undefined;
}

export interface Anonymizer {
  /** Ids and fakes are the same in all steps. */
  step(traffic: Traffic): RequestStep;
  /** The fake of a text that the steps also have. */
  text(value: string): string;
  /** Whether the steps have the resource of this id. */
  knows(id: string): boolean;
  /** The addresses that a user had when a step first showed them, as `addressesIn` returns them. */
  firstAddresses(id: string): string | undefined;
}

export function createAnonymizer(): Anonymizer {
  const fakes = createFakes();
  /** The variables for ids and cursors from the bridge. */
  const names = new Map<string, string>();
  const addresses = new Map<string, string>();
  const text = (value: string) => {
    const name = names.get(value);
    return name === undefined ? fakes.text(value) : `{{${name}}}`;
  };
  const { value, url } = fakeValues({ text, number: fakes.number });

  /** A value that an answer shows for the first time gets a variable. */
  function capture(answer: Json | undefined, isCompared: boolean): Record<string, string> {
    const captured: Record<string, string> = {};
    const see = (given: string | undefined, where: string) => {
      if (given === undefined || names.has(given)) return;
      const name = `r${names.size + 1}`;
      names.set(given, name);
      captured[name] = where;
    };
    const seeResource = (resource: Json, where: string) => {
      if (!isObject(resource)) return;
      const { id, location } = resource as { id?: unknown; location?: unknown };
      if (typeof id === 'string' && !names.has(id)) addresses.set(id, addressesIn(resource));
      see(resourceId(id), `${where}id`);
      if (typeof location === 'string')
        see(resourceId(location.slice(location.lastIndexOf('/') + 1)), `${where}location`);
    };
    if (!isObject(answer)) return captured;
    seeResource(answer, '');
    for (const list of isCompared ? ['Resources', 'Operations'] : []) {
      const elements = answer[list];
      if (!Array.isArray(elements)) continue;
      for (const [index, element] of (elements as readonly Json[]).entries())
        seeResource(element, `${list}.${index}.`);
    }
    const { nextCursor } = answer;
    if (typeof nextCursor === 'string') see(nextCursor, 'nextCursor');
    return captured;
  }

  return {
    step: ({ method, path, headers, body, status, answer }) => {
      const request = {
        method,
        path: url(path),
        ...(Object.keys(headers).length === 0 ? {} : { headers }),
        ...(body === undefined ? {} : { body: value(body) }),
      };
      const isCompared = isComparable(path, body, answer);
      const captured = capture(answer, isCompared);
      return {
        request,
        expect: {
          status,
          ...(isCompared && answer !== undefined ? { body: value(comparable(answer)) } : {}),
        },
        ...(Object.keys(captured).length === 0 ? {} : { capture: captured }),
      };
    },
    text,
    knows: (id) => names.has(id),
    firstAddresses: (id) => addresses.get(id),
  };
}

/** The addresses of a user, in one form. */
export function addressesIn({ userName, emails }: Attributes): string {
  return JSON.stringify([userName, emails]).toLowerCase();
}

/** A list without a filter also has people and groups of Mode, which depend on the workspace. */
function isComparable(path: string, body: Json | undefined, answer: Json | undefined): boolean {
  if (!OF_RESOURCES.test(path)) return false;
  const asked = path + (body === undefined ? '' : JSON.stringify(body));
  const isList = isObject(answer) && answer['Resources'] !== undefined;
  return !isList || (/filter/i.test(asked) && !DEPENDS_ON_TEXT.test(asked));
}

/** Removes values that differ between runs. Ids of the bridge stay, as variables. */
function comparable(json: Json): Json {
  if (Array.isArray(json)) return (json as readonly Json[]).map(comparable);
  if (!isObject(json)) return json;
  const entries = Object.entries(json).filter(([key]) => !NOT_COMPARED.has(key));
  return Object.fromEntries(entries.map(([key, inner]) => [key, comparable(inner)]));
}
