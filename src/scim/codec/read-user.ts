/** What a person's document says: the draft that the directory keeps. */
import { isObject, type Attributes, type Json } from '../../directory/attributes.ts';
import type { Email, UserDraft } from '../../directory/user/user.ts';
import { BridgeError } from '../../errors.ts';
import { userSchema, withoutScheme } from '../schema/resource-schema.ts';
import { documentText } from './document-text.ts';
import { normalizeDocument } from './normalize-document.ts';
import { readRoles } from './read-roles.ts';

const MAX_NAME_LENGTH = 1_024;
const ADDRESS = /^[^@\s]+@[^@\s]+$/;

/** What stood before, for what a document may leave out. */
export interface Before {
  readonly active: boolean;
  readonly admin: boolean | null;
}

export interface Reading {
  /** Whether a role `Admin` counts as `admin` does. */
  readonly adminRoleAnyCase: boolean;
}

const NEW: Before = { active: true, admin: null };

/**
 * Reads the body of a POST or PUT, or a document that was patched.
 * @param before the present state, for a PUT or PATCH
 * @throws BridgeError invalid_syntax, invalid_value
 */
export function readUser(body: unknown, before: Before = NEW, reading?: Reading): UserDraft {
  const document = normalizeDocument(userSchema, objectBody(body));
  const userName = document['userName'];
  if (typeof userName !== 'string' || userName.trim() === '') {
    throw new BridgeError(
      'invalid_value',
      'The attribute "userName" is needed: a user without one cannot be kept.',
    );
  }
  if (userName.length > MAX_NAME_LENGTH) {
    throw new BridgeError(
      'invalid_value',
      `The attribute "userName" is longer than ${MAX_NAME_LENGTH} characters.`,
    );
  }
  const active = typeof document['active'] === 'boolean' ? document['active'] : before.active;
  const emails = emailsOf(document);
  return {
    userName,
    externalId: textOf(document['externalId']),
    active,
    emails,
    email: addressOf(emails, userName),
    fullName: fullNameOf(document),
    admin: readRoles(document, before.admin, reading?.adminRoleAnyCase),
    document: documentText({ ...document, active }),
  };
}

/** @throws BridgeError invalid_syntax for a body that is no JSON object */
export function objectBody(body: unknown): Attributes {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Attributes;
  throw new BridgeError('invalid_syntax', 'The body is to be a JSON object.');
}

function emailsOf(document: Attributes): Email[] {
  const list = document['emails'];
  if (!Array.isArray(list)) return [];
  return (list as readonly Json[]).flatMap((element) => {
    const value = isObject(element) ? textOf(element['value']) : null;
    if (!isObject(element) || value === null) return [];
    return [{ value, type: textOf(element['type']), primary: element['primary'] === true }];
  });
}

/** The primary address, else the one for work, else the only one, else a userName that is one. */
function addressOf(emails: readonly Email[], userName: string): string | null {
  const chosen =
    emails.find((email) => email.primary) ??
    emails.find((email) => email.type?.toLowerCase() === 'work') ??
    (emails.length === 1 ? emails[0] : undefined);
  const address = withoutScheme(chosen?.value ?? userName).trim();
  return ADDRESS.test(address) ? address : null;
}

/** Mode has one name: given and family name, else the formatted one, else the display name. */
function fullNameOf(document: Attributes): string | null {
  const name = isObject(document['name']) ? document['name'] : {};
  const joined = [name['givenName'], name['familyName']].flatMap((part) => textOf(part) ?? []).join(' ');
  return textOf(joined) ?? textOf(name['formatted']) ?? textOf(document['displayName']);
}

function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}
