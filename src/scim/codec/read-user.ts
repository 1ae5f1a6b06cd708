/** Reads a user's document into the draft that the directory stores. */
import { isObject, type Attributes, type Json } from '../../directory/attributes.ts';
import type { Email, UserDraft } from '../../directory/user/user.ts';
import { BridgeError } from '../../errors.ts';
import { userSchema, withoutScheme } from '../schema/resource-schema.ts';
import { documentText } from './document-text.ts';
import { normalizeDocument } from './normalize-document.ts';
import { readRoles } from './read-roles.ts';

const MAX_NAME_LENGTH = 1_024;
const ADDRESS = /^[^@\s]+@[^@\s]+$/;

/** The previous values of attributes that a document may omit. */
export interface Before {
  readonly active: boolean;
  readonly admin: boolean | null;
}

export interface UserReadOptions {
  /** Whether the role `Admin` counts as `admin`. */
  readonly adminRoleAnyCase: boolean;
}

const NEW: Before = { active: true, admin: null };

/**
 * Reads the body of a POST or PUT, or a document that was patched.
 * @param before the current state, for a PUT or PATCH
 * @throws BridgeError invalid_syntax, invalid_value
 */
export function readUser(body: unknown, before: Before = NEW, options?: UserReadOptions): UserDraft {
  const document = normalizeDocument(userSchema, objectBody(body));
  const userName = document['userName'];
  if (typeof userName !== 'string' || userName.trim() === '') {
    throw new BridgeError('invalid_value', '"userName" is required.');
  }
  if (userName.length > MAX_NAME_LENGTH) {
    throw new BridgeError(
      'invalid_value',
      `"userName" must not be longer than ${MAX_NAME_LENGTH} characters.`,
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
    admin: readRoles(document, before.admin, options?.adminRoleAnyCase),
    document: documentText({ ...document, active }),
  };
}

/** @throws BridgeError invalid_syntax for a body that is not a JSON object */
export function objectBody(body: unknown): Attributes {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Attributes;
  throw new BridgeError('invalid_syntax', 'The body must be a JSON object.');
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

/** The address in a document's list that is the user's; undefined: none is. */
export function chosenEmail(document: Attributes): string | undefined {
  return chosenOf(emailsOf(document))?.value;
}

/** The primary address, else the work address, else the only address. */
function chosenOf(emails: readonly Email[]): Email | undefined {
  return (
    emails.find((email) => email.primary) ??
    emails.find((email) => email.type?.toLowerCase() === 'work') ??
    (emails.length === 1 ? emails[0] : undefined)
  );
}

/** The chosen address, else the userName if it is an address. */
function addressOf(emails: readonly Email[], userName: string): string | null {
  const address = withoutScheme(chosenOf(emails)?.value ?? userName).trim();
  return ADDRESS.test(address) ? address : null;
}

/** Mode has a single name: given and family name, else the formatted name, else the display name. */
function fullNameOf(document: Attributes): string | null {
  const name = isObject(document['name']) ? document['name'] : {};
  const joined = [name['givenName'], name['familyName']].flatMap((part) => textOf(part) ?? []).join(' ');
  return textOf(joined) ?? textOf(name['formatted']) ?? textOf(document['displayName']);
}

function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}
