/** The changes that a PUT and a PATCH make to a user: all of the request, or the parts that can be applied. */
import { isObject, type Attributes, type Json } from '../../directory/attributes.ts';
import type { User, UserDraft } from '../../directory/user/user.ts';
import { BridgeError } from '../../errors.ts';
import { normalizeDocument, unfold, type Skip } from '../codec/normalize-document.ts';
import { normalizeValue } from '../codec/normalize-value.ts';
import { objectBody, readUser, type UserReadOptions } from '../codec/read-user.ts';
import { applyPatch } from '../patch/apply-patch.ts';
import { readPatch, type PatchOperation } from '../patch/parse-patch.ts';
import { replaceRoleSpelling } from '../patch/replace-role-spelling.ts';
import type { AttributePath } from '../schema/attribute-path.ts';
import { userSchema } from '../schema/resource-schema.ts';
import type { UserChange } from './update-user.ts';

const ignore: Skip = () => undefined;

/** @throws BridgeError for a body that is not a PATCH */
export function patchOf(body: unknown, options: UserReadOptions): UserChange {
  const { operations, refused } = readPatch(body);
  const patched = (before: User, skip?: Skip) =>
    replaceRoleSpelling(applyPatch(userSchema, documentOf(before), operations, skip), operations);
  return {
    ...shared(options),
    kind: 'patch',
    applyAll: (before) => {
      if (refused[0] !== undefined) throw refused[0];
      return readUser(patched(before), before, options);
    },
    deactivates: () =>
      applyPatch(userSchema, {}, operations.filter(mayWriteActive), ignore)['active'] === false,
    applyPossible: (before, skip) => {
      for (const error of refused) skip('an operation', error);
      return readLeaver(patched(before, skip), before, options, skip);
    },
  };
}

/** @throws BridgeError for a body that is not an object */
export function putOf(body: unknown, options: UserReadOptions): UserChange {
  const raw = objectBody(body);
  return {
    ...shared(options),
    kind: 'put',
    applyAll: (before) => readUser(raw, before, options),
    deactivates: () => setsInactive(raw),
    applyPossible: (before, skip) => {
      const present = documentOf(before);
      const refused: AttributePath[] = [];
      const kept = normalizedOr(present, raw, (name, error, path) => {
        skip(name, error, path);
        if (path !== undefined) refused.push(path);
      });
      // An attribute that is not valid keeps its value.
      for (const path of refused) restore(kept, present, path);
      return readLeaver(kept, before, options, skip);
    },
  };
}

/** The normalized body; the present document when the body is too large. */
function normalizedOr(present: Attributes, raw: Attributes, skip: Skip): Record<string, Json> {
  try {
    return { ...normalizeDocument(userSchema, raw, skip) };
  } catch (error) {
    if (!(error instanceof BridgeError)) throw error;
    skip('all attributes except active', error);
    return { ...present };
  }
}

function shared(options: UserReadOptions): Pick<UserChange, 'keepUserName'> {
  return {
    keepUserName: (draft, before) => {
      const document = { ...(JSON.parse(draft.document) as Attributes), userName: before.userName };
      return readUser(document, before, options);
    },
  };
}

/** Reads the user as inactive, with as much of the document as possible. */
function readLeaver(document: Attributes, before: User, options: UserReadOptions, skip: Skip): UserDraft {
  const { userName } = before;
  const attempts: readonly (readonly [string, Attributes])[] = [
    ['', document],
    ['userName', { ...document, userName }],
    ['all attributes except active', { ...documentOf(before), userName }],
  ];
  let failure: unknown;
  for (const [name, attempt] of attempts) {
    try {
      const draft = readUser({ ...attempt, active: false }, before, options);
      if (failure instanceof BridgeError) skip(name, failure);
      return draft;
    } catch (error) {
      if (!(error instanceof BridgeError)) throw error;
      failure = error;
    }
  }
  throw failure;
}

/** Whether an operation can write `active`: with its path, or with a key of its value. */
function mayWriteActive({ path, value }: PatchOperation): boolean {
  return path === undefined || endsInActive(path) || isObject(value);
}

function endsInActive(name: string): boolean {
  return name.trimEnd().slice(-'active'.length).toLowerCase() === 'active';
}

function setsInactive(raw: Attributes): boolean {
  // `active` is read even when the body has too many attributes.
  const named = Object.keys(raw).filter((key) => endsInActive(key) || isObject(raw[key]));
  return named.some((key) =>
    unfold(userSchema, { [key]: raw[key] ?? null }, ignore).some(({ path, value }) => {
      if (path.extension !== null || path.attribute !== 'active') return false;
      try {
        return normalizeValue('active', path.info, value) === false;
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
