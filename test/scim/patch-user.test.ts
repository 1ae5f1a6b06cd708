import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attributes } from '../../src/directory/attributes.ts';
import { BridgeError } from '../../src/errors.ts';
import { readUser } from '../../src/scim/codec/read-user.ts';
import { applyPatch } from '../../src/scim/patch/apply-patch.ts';
import { parsePatch } from '../../src/scim/patch/parse-patch.ts';
import { userSchema } from '../../src/scim/schema/resource-schema.ts';

const ENT = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
const WORK = { value: 'jane@x.test', type: 'work', primary: true };
const HOME = { value: 'home@x.test', type: 'home', primary: false };

const jane: Attributes = {
  userName: 'jane@x.test',
  active: true,
  title: 'Analyst',
  name: { givenName: 'Jane', familyName: 'Doe' },
  emails: [WORK, HOME],
  [ENT]: { department: 'Data', manager: { value: '1' } },
};

function patched(...operations: unknown[]): Attributes {
  const document = applyPatch(userSchema, jane, parsePatch({ Operations: operations }));
  return JSON.parse(readUser(document, { active: true, admin: null }).document) as Attributes;
}

/** What clients are known to send, and what of the document is another afterwards (undefined: gone). */
const accepted: [string, unknown, Record<string, unknown>][] = [
  ['Okta: no path', { op: 'replace', value: { active: false } }, { active: false }],
  ['Entra: text', { op: 'Replace', path: 'active', value: 'False' }, { active: false }],
  ['Entra with the flag', { op: 'replace', path: 'active', value: false }, { active: false }],
  ['text without a path', { op: 'Replace', value: { active: 'false' } }, { active: false }],
  ['Entra: enabled by Add', { op: 'Add', path: 'active', value: 'True' }, {}],
  ['wrapped in a list', { op: 'replace', path: 'active', value: [false] }, { active: false }],
  [
    'wrapped in a list and an object',
    { op: 'replace', path: 'active', value: [{ value: 'False' }] },
    { active: false },
  ],
  ['upper case', { op: 'REPLACE', path: 'ACTIVE', value: false }, { active: false }],
  [
    'dotted and URN keys',
    { op: 'replace', value: { 'name.givenName': 'K', [`${ENT}:department`]: 'x' } },
    { name: { givenName: 'K', familyName: 'Doe' }, [ENT]: { department: 'x', manager: { value: '1' } } },
  ],
  [
    'an extension object',
    { op: 'replace', value: { [ENT]: { department: 'x' } } },
    { [ENT]: { department: 'x', manager: { value: '1' } } },
  ],
  [
    'manager cleared by an object',
    { op: 'replace', path: `${ENT}:manager`, value: { value: '' } },
    { [ENT]: { department: 'Data' } },
  ],
  [
    'manager cleared by text',
    { op: 'Replace', path: `${ENT}:manager`, value: '' },
    { [ENT]: { department: 'Data' } },
  ],
  [
    'manager as text',
    { op: 'replace', path: `${ENT}:manager`, value: '271' },
    { [ENT]: { department: 'Data', manager: { value: '271' } } },
  ],
  [
    'a dot after the URN',
    { op: 'replace', path: `${ENT}.manager`, value: '271' },
    { [ENT]: { department: 'Data', manager: { value: '271' } } },
  ],
  [
    'manager as a list',
    { op: 'Add', path: `${ENT}:manager`, value: [{ value: '271' }] },
    { [ENT]: { department: 'Data', manager: { value: '271' } } },
  ],
  [
    'an e-mail by type',
    { op: 'Add', path: 'emails[type eq "work"].value', value: 'x@y.test' },
    { emails: [{ ...WORK, value: 'x@y.test' }, HOME] },
  ],
  [
    'an e-mail that is not there is made, the others stay',
    { op: 'Add', path: 'emails[type eq "other"].value', value: 'o@y.test' },
    { emails: [WORK, HOME, { value: 'o@y.test', type: 'other' }] },
  ],
  [
    'primary moves',
    { op: 'replace', path: 'emails[type eq "home"].primary', value: true },
    {
      emails: [
        { ...WORK, primary: false },
        { ...HOME, primary: true },
      ],
    },
  ],
  ['a whole list', { op: 'replace', path: 'emails', value: [HOME] }, { emails: [HOME] }],
  ['an element twice is there once', { op: 'add', path: 'emails', value: [WORK] }, {}],
  ['one element by value', { op: 'remove', path: 'emails[value eq "home@x.test"]' }, { emails: [WORK] }],
  ['remove', { op: 'remove', path: 'title' }, { title: undefined }],
  ['an extension that is null', { op: 'replace', value: { [ENT]: null } }, { [ENT]: undefined }],
  [
    'the last of an extension',
    { op: 'replace', value: { [ENT]: { department: null, manager: { value: '' } } } },
    { [ENT]: undefined },
  ],
  ['null where there is nothing', { op: 'replace', path: 'emails[type eq "other"].value', value: null }, {}],
  [
    'a complex value in a list',
    { op: 'replace', path: 'name', value: [{ givenName: 'K' }] },
    { name: { givenName: 'K', familyName: 'Doe' } },
  ],
  [
    'an element as a whole that becomes primary',
    {
      op: 'replace',
      path: 'emails[type eq "home"]',
      value: { value: 'home@x.test', type: 'home', primary: true },
    },
    {
      emails: [
        { ...WORK, primary: false },
        { ...HOME, primary: true },
      ],
    },
  ],
  [
    'primary in a list',
    { op: 'replace', path: 'emails[type eq "home"].primary', value: [true] },
    {
      emails: [
        { ...WORK, primary: false },
        { ...HOME, primary: true },
      ],
    },
  ],
  [
    'an element that is there, as primary',
    { op: 'add', path: 'emails', value: [{ ...HOME, primary: true }] },
    {
      emails: [
        { ...WORK, primary: false },
        { ...HOME, primary: true },
      ],
    },
  ],
  [
    'the same element twice',
    { op: 'add', path: 'phoneNumbers', value: [{ value: '1' }, { Value: '1' }] },
    { phoneNumbers: [{ value: '1' }] },
  ],
  ['remove what is not there', { op: 'remove', path: 'nickName' }, {}],
  ['a core attribute by its URN', { op: 'replace', path: `${CORE}:userName`, value: 'x' }, { userName: 'x' }],
  ['userName', { op: 'replace', path: 'userName', value: 'ryan3' }, { userName: 'ryan3' }],
  [
    'an element of a list that is not there',
    { op: 'Add', path: 'addresses[type eq "work"].formatted', value: 'A 1' },
    { addresses: [{ type: 'work', formatted: 'A 1' }] },
  ],
  [
    'a role by a filter that compares with text',
    { op: 'Add', path: 'roles[primary eq "True"].value', value: 'admin' },
    { roles: [{ primary: true, value: 'admin' }] },
  ],
  [
    'what is read-only is ignored',
    { op: 'replace', value: { id: '9', meta: {}, groups: [], schemas: [], displayName: 'J' } },
    { displayName: 'J' },
  ],
  ['a password is dropped', { op: 'replace', value: { password: 'secret' } }, {}],
  [
    'an attribute that nobody knows is kept',
    { op: 'Add', path: 'favouriteColour', value: 'red' },
    { favouriteColour: 'red' },
  ],
  ['null takes away', { op: 'replace', path: 'title', value: null }, { title: undefined }],
  ['the empty string is a value', { op: 'replace', path: 'title', value: '' }, { title: '' }],
];

describe('a PATCH of a user', () => {
  it.each(accepted)('%s', (_name, operation, changes) => {
    const expected = Object.fromEntries(
      Object.entries({ ...jane, ...changes }).filter(([, value]) => value !== undefined),
    );
    expect(patched(operation)).toEqual(expected);
  });

  it('without operations changes nothing', () => {
    expect(patched()).toEqual(jane);
  });

  it('applies operations in order', () => {
    const ops = ['a', 'b'].map((value) => ({ op: 'replace', path: 'title', value }));
    expect(patched(...ops)['title']).toBe('b');
  });

  it.each([
    ['an unknown verb', { op: 'move', path: 'title' }, 'invalid_syntax'],
    ['a remove that does not say what', { op: 'remove' }, 'no_target'],
    ['a value without a path that is no object', { op: 'add', value: 'x' }, 'invalid_value'],
    ['a path that is none', { op: 'add', path: 'a[', value: 1 }, 'invalid_path'],
    ['a path to the prototype', { op: 'add', path: '__proto__.x', value: 1 }, 'invalid_path'],
    [
      'a path filter that cannot be read',
      { op: 'add', path: 'emails[type zz "w"].value', value: 'x' },
      'invalid_filter',
    ],
    ['active that is neither', { op: 'replace', path: 'active', value: 'perhaps' }, 'invalid_value'],
    ['no userName left', { op: 'remove', path: 'userName' }, 'mutability'],
    [
      'an element of another kind than its filter says',
      { op: 'replace', path: 'emails[value eq "no"].value', value: 'other@x.test' },
      'no_target',
    ],
    [
      'an element that a filter leaves open',
      { op: 'replace', path: 'emails[not (type eq "home") and not (type eq "work")].value', value: 'x' },
      'no_target',
    ],
    ['an operation without a value', { op: 'replace', path: 'title' }, 'invalid_value'],
  ])('%s is refused, and the document is as it was', (_name, operation, code) => {
    const before = structuredClone(jane);
    expect(() => patched({ op: 'replace', path: 'title', value: 'new' }, operation)).toThrow(
      expect.objectContaining({ code }) as Error,
    );
    expect(jane).toEqual(before);
  });

  it('of any JSON answers with a document or a clear error, and reaches no prototype', () => {
    const operation = fc.record({
      op: fc.constantFrom('add', 'replace', 'remove', 'Add'),
      path: fc.oneof(
        fc.constantFrom('emails', 'name', 'emails[type eq "work"].value', 'roles', ENT, 'active'),
        fc.string(),
      ),
      value: fc.jsonValue(),
    });
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 4 }), (operations) => {
        try {
          patched(...operations);
        } catch (error) {
          expect(error).toBeInstanceOf(BridgeError);
        }
        expect(Object.keys(Object.prototype)).toEqual([]);
      }),
    );
  });
});
