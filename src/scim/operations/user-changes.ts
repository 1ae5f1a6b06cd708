/** What a PUT and a PATCH make of a person, as a whole and as far as it can be applied. */
import { isObject, type Attributes, type Json } from '../../directory/attributes.ts';
import type { User, UserDraft } from '../../directory/user/user.ts';
import { BridgeError } from '../../errors.ts';
import { normalizeDocument, normalizeValue, unfold, type Skip } from '../codec/normalize-document.ts';
import { objectBody, readUser, type Reading } from '../codec/read-user.ts';
import { applyPatch } from '../patch/apply-patch.ts';
import { readPatch, type PatchOperation } from '../patch/parse-patch.ts';
import type { AttributePath } from '../schema/attribute-path.ts';
import { userSchema } from '../schema/resource-schema.ts';
import type { UserChange } from './update-user.ts';

const ignore: Skip = () => undefined;

/** @throws BridgeError for a body that is not a PATCH */
export function patchOf(body: unknown, reading: Reading): UserChange {
  const { operations, refused } = readPatch(body);
  return {
    ...shared(reading),
    by: 'patch',
    whole: (before) => {
      if (refused[0] !== undefined) throw refused[0];
      return readUser(applyPatch(userSchema, documentOf(before), operations), before, reading);
    },
    deactivates: () =>
      applyPatch(userSchema, {}, operations.filter(mayWriteActive), ignore)['active'] === false,
    leaving: (before, skip) => {
      for (const error of refused) skip('an operation', error);
      return readLeaver(applyPatch(userSchema, documentOf(before), operations, skip), before, reading, skip);
    },
  };
}

/** @throws BridgeError for a body that is not an object */
export function putOf(body: unknown, reading: Reading): UserChange {
  const raw = objectBody(body);
  return {
    ...shared(reading),
    by: 'put',
    whole: (before) => readUser(raw, before, reading),
    deactivates: () => saysInactive(raw),
    leaving: (before, skip) => {
      const present = documentOf(before);
      const refused: AttributePath[] = [];
      const kept = normalizedOr(present, raw, (name, error, at) => {
        skip(name, error, at);
        if (at !== undefined) refused.push(at);
      });
      // What cannot be read stays as it was.
      for (const at of refused) restore(kept, present, at);
      return readLeaver(kept, before, reading, skip);
    },
  };
}

/** The body as it is kept; the document that stood before when the body is too large for that. */
function normalizedOr(present: Attributes, raw: Attributes, skip: Skip): Record<string, Json> {
  try {
    return { ...normalizeDocument(userSchema, raw, skip) };
  } catch (error) {
    if (!(error instanceof BridgeError)) throw error;
    skip('all attributes but active', error);
    return { ...present };
  }
}

function shared(reading: Reading): Pick<UserChange, 'keepingName'> {
  return {
    keepingName: (draft, before) => {
      const document = { ...(JSON.parse(draft.document) as Attributes), userName: before.userName };
      return readUser(document, before, reading);
    },
  };
}

/** The person, inactive, with as much of the document as can be kept. */
function readLeaver(document: Attributes, before: User, reading: Reading, skip: Skip): UserDraft {
  const { userName } = before;
  const attempts: readonly (readonly [string, Attributes])[] = [
    ['', document],
    ['userName', { ...document, userName }],
    ['all attributes but active', { ...documentOf(before), userName }],
  ];
  let failure: unknown;
  for (const [name, attempt] of attempts) {
    try {
      const draft = readUser({ ...attempt, active: false }, before, reading);
      if (failure instanceof BridgeError) skip(name, failure);
      return draft;
    } catch (error) {
      if (!(error instanceof BridgeError)) throw error;
      failure = error;
    }
  }
  throw failure;
}

/** By its path, or by the keys of its value: what a path names exactly needs no look at all. */
function mayWriteActive({ path, value }: PatchOperation): boolean {
  return path === undefined || endsInActive(path) || isObject(value);
}

function endsInActive(name: string): boolean {
  return name.trimEnd().slice(-'active'.length).toLowerCase() === 'active';
}

function saysInactive(raw: Attributes): boolean {
  // This attribute is looked for however many attributes there are.
  const named = Object.keys(raw).filter((key) => endsInActive(key) || isObject(raw[key]));
  return named.some((key) =>
    unfold(userSchema, { [key]: raw[key] ?? null }, ignore).some(({ at, value: said }) => {
      if (at.extension !== null || at.attribute !== 'active') return false;
      try {
        return normalizeValue('active', at.info, said) === false;
      } catch (error) {
        if (error instanceof BridgeError) return false;
        throw error;
      }
    }),
  );
}

function restore(
  document: Record<string, Json>,
  before: Attributes,
  { extension, attribute }: AttributePath,
): void {
  const key = extension ?? attribute ?? '';
  const present = Object.hasOwn(before, key) ? before[key] : undefined;
  if (present === undefined) return;
  if (extension === null || attribute === null) {
    document[key] = present;
    return;
  }
  const value = isObject(present) && Object.hasOwn(present, attribute) ? present[attribute] : undefined;
  const home = document[extension];
  if (value !== undefined) document[extension] = { ...(isObject(home) ? home : {}), [attribute]: value };
}

function documentOf({ document }: User): Attributes {
  return JSON.parse(document) as Attributes;
}
