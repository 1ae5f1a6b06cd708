import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attributes } from '../../src/directory/attributes.ts';
import type { User } from '../../src/directory/user/user.ts';
import { BridgeError } from '../../src/errors.ts';
import { readUser } from '../../src/scim/codec/read-user.ts';
import { patchOf } from '../../src/scim/operations/user-changes.ts';
import { applyPatch } from '../../src/scim/patch/apply-patch.ts';
import { parsePatch } from '../../src/scim/patch/parse-patch.ts';
import { userSchema } from '../../src/scim/schema/resource-schema.ts';

const ENT = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
const MODE = 'urn:ietf:params:scim:schemas:extension:mode:2.0:User';
const CUSTOM = 'urn:ietf:params:scim:schemas:extension:CustomExtensionName:2.0:User';
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

/** Operations that clients are known to send, and the attributes that they change (undefined: removed). */
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
    'manager cleared with an object',
    { op: 'replace', path: `${ENT}:manager`, value: { value: '' } },
    { [ENT]: { department: 'Data' } },
  ],
  [
    'manager cleared with text',
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
    'a missing e-mail is created, the others stay',
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
  ['an element that exists already is not duplicated', { op: 'add', path: 'emails', value: [WORK] }, {}],
  ['one element by value', { op: 'remove', path: 'emails[value eq "home@x.test"]' }, { emails: [WORK] }],
  ['remove', { op: 'remove', path: 'title' }, { title: undefined }],
  ['an extension that is null', { op: 'replace', value: { [ENT]: null } }, { [ENT]: undefined }],
  [
    'the last of an extension',
    { op: 'replace', value: { [ENT]: { department: null, manager: { value: '' } } } },
    { [ENT]: undefined },
  ],
  [
    'null for an element that does not exist',
    { op: 'replace', path: 'emails[type eq "other"].value', value: null },
    {},
  ],
  [
    'a complex value in a list',
    { op: 'replace', path: 'name', value: [{ givenName: 'K' }] },
    { name: { givenName: 'K', familyName: 'Doe' } },
  ],
  [
    'a whole element that becomes primary',
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
    'an existing element, as primary',
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
  ['remove of a missing attribute', { op: 'remove', path: 'nickName' }, {}],
  ['a core attribute by its URN', { op: 'replace', path: `${CORE}:userName`, value: 'x' }, { userName: 'x' }],
  ['userName', { op: 'replace', path: 'userName', value: 'ryan3' }, { userName: 'ryan3' }],
  [
    'an element of a missing list',
    { op: 'Add', path: 'addresses[type eq "work"].formatted', value: 'A 1' },
    { addresses: [{ type: 'work', formatted: 'A 1' }] },
  ],
  [
    'a role selected by a filter that compares with text',
    { op: 'Add', path: 'roles[primary eq "True"].value', value: 'admin' },
    { roles: [{ primary: true, value: 'admin' }] },
  ],
  [
    'a read-only attribute is ignored',
    { op: 'replace', value: { id: '9', meta: {}, groups: [], schemas: [], displayName: 'J' } },
    { displayName: 'J' },
  ],
  ['a password is dropped', { op: 'replace', value: { password: 'secret' } }, {}],
  [
    'an unknown attribute is kept',
    { op: 'Add', path: 'favouriteColour', value: 'red' },
    { favouriteColour: 'red' },
  ],
  ['null adds nothing', { op: 'add', path: 'title', value: null }, {}],
  ['an empty element adds nothing', { op: 'add', path: 'emails', value: [{ value: null }] }, {}],
  ['empty elements replace nothing', { op: 'replace', path: 'emails', value: [{ value: null }] }, {}],
  ['empty elements remove nothing', { op: 'remove', path: 'emails', value: [{ value: null }] }, {}],
  ['an empty list empties', { op: 'replace', path: 'emails', value: [] }, { emails: [] }],
  [
    'equal elements are merged',
    { op: 'replace', path: 'emails', value: [WORK, WORK, { value: WORK.value, type: 'work' }, HOME] },
    {},
  ],
  [
    'an address that is a URI',
    { op: 'replace', path: 'emails[type eq "work"].value', value: 'mailto:x@y.test' },
    { emails: [{ ...WORK, value: 'x@y.test' }, HOME] },
  ],
  [
    "what is not the client's, in a value",
    { op: 'replace', value: { [`${CORE}:id`]: '1', meta: {}, groups: [] } },
    {},
  ],
  ['a password under the URN', { op: 'replace', value: { [`${CORE}:password`]: 'secret' } }, {}],
  ['a password in an extension', { op: 'add', path: `${CUSTOM}:password`, value: 'secret' }, {}],
  ['core attributes under their URN', { op: 'replace', path: CORE, value: { title: 'T' } }, { title: 'T' }],
  ['a custom extension', { op: 'add', path: CUSTOM, value: { a: 'x' } }, { [CUSTOM]: { a: 'x' } }],
  ['a custom attribute', { op: 'add', path: `${CUSTOM}:a`, value: 'x' }, { [CUSTOM]: { a: 'x' } }],
  ['a custom attribute as a key', { op: 'add', value: { [`${CUSTOM}:a`]: 'x' } }, { [CUSTOM]: { a: 'x' } }],
  [
    'a custom attribute after a dot',
    { op: 'add', path: `${CUSTOM}.a`, value: 'x' },
    { [CUSTOM]: { a: 'x' } },
  ],
  ['a custom key after a dot', { op: 'add', value: { [`${CUSTOM}.a`]: 'x' } }, { [CUSTOM]: { a: 'x' } }],
  [
    'a URN of another form',
    { op: 'add', value: { 'urn:acme:hr:extension': { costCenter: '7' } } },
    { 'urn:acme:hr:extension': { costCenter: '7' } },
  ],
  [
    'an extension of another form as the path',
    { op: 'add', path: 'urn:acme:hr:extension', value: { costCenter: '7' } },
    { 'urn:acme:hr:extension': { costCenter: '7' } },
  ],
  [
    'an attribute of an extension of another form',
    { op: 'add', path: 'urn:acme:hr:extension:costCenter', value: '7' },
    { 'urn:acme:hr:extension': { costCenter: '7' } },
  ],
  [
    'keys that are not valid names',
    { op: 'add', value: { _id: 1, 'cost center': 2 } },
    { _id: 1, 'cost center': 2 },
  ],
  ['null removes', { op: 'replace', path: 'title', value: null }, { title: undefined }],
  ['null removes, without a path', { op: 'replace', value: { title: null } }, { title: undefined }],
  [
    'null removes a sub-attribute',
    { op: 'replace', path: 'name.familyName', value: null },
    { name: { givenName: 'Jane' } },
  ],
  [
    'null in a value removes the sub-attribute, and the others stay',
    { op: 'replace', path: 'name', value: { familyName: null } },
    { name: { givenName: 'Jane' } },
  ],
  [
    'null in a value without a path',
    { op: 'replace', value: { name: { givenName: 'K', FamilyName: null } } },
    { name: { givenName: 'K' } },
  ],
  ['null in a value adds nothing', { op: 'add', path: 'name', value: { familyName: null } }, {}],
  ['null removes a complex attribute', { op: 'replace', path: 'name', value: null }, { name: undefined }],
  [
    'null removes an attribute of an extension',
    { op: 'replace', path: `${ENT}:department`, value: null },
    { [ENT]: { manager: { value: '1' } } },
  ],
  [
    'null removes the manager',
    { op: 'replace', path: `${ENT}:manager`, value: null },
    { [ENT]: { department: 'Data' } },
  ],
  [
    'null as the value of the manager',
    { op: 'replace', path: `${ENT}:manager`, value: { value: null } },
    { [ENT]: { department: 'Data' } },
  ],
  ['null removes an extension', { op: 'replace', path: ENT, value: null }, { [ENT]: undefined }],
  ['null empties a list', { op: 'replace', path: 'emails', value: null }, { emails: [] }],
  [
    'null removes a sub-attribute of an element',
    { op: 'replace', path: 'emails[type eq "home"].value', value: null },
    { emails: [WORK, { type: 'home', primary: false }] },
  ],
  [
    'null removes an element',
    { op: 'replace', path: 'emails[type eq "home"]', value: null },
    { emails: [WORK] },
  ],
  [
    'an empty list removes an element',
    { op: 'replace', path: 'emails[type eq "home"]', value: [] },
    { emails: [WORK] },
  ],
  ['null adds no attribute of the core schema', { op: 'add', path: CORE, value: null }, {}],
  ['an active that is null', { op: 'replace', path: 'Active', value: null }, {}],
  ['an active that is null, under its URN', { op: 'replace', path: `${CORE}:active`, value: null }, {}],
  ['an active that is null, without a path', { op: 'replace', value: { active: null } }, {}],
  ['an active that is null, in a list', { op: 'replace', path: 'active', value: [null] }, {}],
  ['an active that is an empty list', { op: 'replace', path: 'active', value: [] }, {}],
  ['the empty string is a value', { op: 'replace', path: 'title', value: '' }, { title: '' }],
];

describe('a PATCH of a user', () => {
  it.each(accepted)('%s', (_name, operation, changes) => {
    const expected = Object.fromEntries(
      Object.entries({ ...jane, ...changes }).filter(([, value]) => value !== undefined),
    );
    expect(patched(operation)).toEqual(expected);
  });

  it.each<[string, unknown]>([
    ['by path', { op: 'replace', path: 'active', value: null }],
    ['without a path', { op: 'replace', value: { active: null } }],
    ['added', { op: 'add', path: 'active', value: null }],
  ])(
    'an active that is null (%s) does not undo a deactivation, before or in the same request',
    (_how, none) => {
      const off = { op: 'replace', path: 'active', value: false };
      expect(patched(off, none)['active']).toBe(false);
      expect(patched(none, off)['active']).toBe(false);
      const leaver = applyPatch(userSchema, { ...jane, active: false }, parsePatch({ Operations: [none] }));
      expect(leaver['active']).toBe(false);
    },
  );

  it('without operations changes nothing', () => {
    expect(patched()).toEqual(jane);
  });

  it.each([{}, { schemas: [] }, { Operations: null }, { operations: [] }])('%j changes nothing', (body) => {
    expect(applyPatch(userSchema, jane, parsePatch(body))).toEqual(jane);
  });

  it('with its attributes outside Operations is rejected', () => {
    expect(() => parsePatch({ active: false })).toThrow(
      expect.objectContaining({ code: 'invalid_syntax' }) as Error,
    );
  });

  it('finds the attributes of a document in every spelling', () => {
    const extension = 'urn:acme:hr:extension';
    const before = {
      ...jane,
      [extension]: { costCenter: '7' },
      'a b': 1,
      '@odata.type': 'x',
      foo: 'x',
      'foo.bar': 1,
    };
    const ops = [
      { op: 'replace', path: `${extension}:costCenter`, value: '8' },
      { op: 'add', path: `${extension.toUpperCase()}.level`, value: '3' },
      { op: 'replace', path: 'a b', value: 2 },
      { op: 'remove', path: '@odata.type' },
      { op: 'replace', path: 'foo.bar', value: 2 },
    ];
    const after = { ...jane, [extension]: { costCenter: '8', level: '3' }, 'a b': 2, foo: 'x', 'foo.bar': 2 };
    expect(applyPatch(userSchema, before, parsePatch({ Operations: ops }))).toEqual(after);
    const gone = applyPatch(
      userSchema,
      before,
      parsePatch({ Operations: [{ op: 'remove', path: extension }] }),
    );
    expect(gone[extension]).toBeUndefined();
  });

  it('that adds what an element says already changes nothing, also when another has the same value', () => {
    const phones = [{ value: '1', type: 'work', display: 'Desk' }, { value: '1' }];
    const add = { op: 'add', path: 'phoneNumbers', value: [{ value: '1', display: 'Desk' }] };
    const document = applyPatch(
      userSchema,
      { ...jane, phoneNumbers: phones },
      parsePatch({ Operations: [add] }),
    );
    expect(document['phoneNumbers']).toEqual(phones);
  });

  it('applies operations in order', () => {
    const ops = ['a', 'b'].map((value) => ({ op: 'replace', path: 'title', value }));
    expect(patched(...ops)['title']).toBe('b');
  });

  it.each([
    ['an unknown verb', { op: 'move', path: 'title' }, 'invalid_syntax'],
    ['a remove without a path', { op: 'remove' }, 'no_target'],
    ['a value without a path that is not an object', { op: 'add', value: 'x' }, 'invalid_value'],
    ['an invalid path', { op: 'add', path: 'a[', value: 1 }, 'invalid_path'],
    ['a path to the prototype', { op: 'add', path: '__proto__.x', value: 1 }, 'invalid_path'],
    [
      'an invalid filter in the path',
      { op: 'add', path: 'emails[type zz "w"].value', value: 'x' },
      'invalid_filter',
    ],
    [
      'an active that is neither true nor false',
      { op: 'replace', path: 'active', value: 'perhaps' },
      'invalid_value',
    ],
    ['a removal of the userName', { op: 'remove', path: 'userName' }, 'mutability'],
    [
      'a value that contradicts its filter',
      { op: 'replace', path: 'emails[value eq "no"].value', value: 'other@x.test' },
      'no_target',
    ],
    [
      'a filter that does not describe an element',
      { op: 'replace', path: 'emails[not (type eq "home") and not (type eq "work")].value', value: 'x' },
      'no_target',
    ],
    ['groups as the path', { op: 'add', path: 'groups', value: [] }, 'mutability'],
    ['the id as the path', { op: 'replace', path: `${CORE}:id`, value: '1' }, 'mutability'],
    ['a part of meta', { op: 'replace', path: 'meta.created', value: 'x' }, 'mutability'],
    ["the bridge's own extension", { op: 'replace', path: `${MODE}:state`, value: 'active' }, 'mutability'],
    ['a removal of active', { op: 'remove', path: 'active' }, 'mutability'],
    ['an operation without a value', { op: 'replace', path: 'title' }, 'invalid_value'],
  ])('%s is rejected, and the document does not change', (_name, operation, code) => {
    const before = structuredClone(jane);
    expect(() => patched({ op: 'replace', path: 'title', value: 'new' }, operation)).toThrow(
      expect.objectContaining({ code }) as Error,
    );
    expect(jane).toEqual(before);
  });

  it('of any JSON gives a document or a clear error, and reaches no prototype', () => {
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

describe('a role under two spellings', () => {
  const admin: Attributes = { userName: 'jane@x.test', active: true, role: 'admin' };
  const after = (...Operations: unknown[]) => {
    const before = { document: JSON.stringify(admin), active: true, admin: true };
    const draft = patchOf({ Operations }, { adminRoleAnyCase: false }).applyAll(before as User);
    return { admin: draft.admin, ...(JSON.parse(draft.document) as Attributes) };
  };

  it.each([
    ['an empty list', { op: 'Replace', path: 'roles', value: [] }],
    ['another role', { op: 'replace', path: 'roles', value: [{ value: 'viewer' }] }],
    ['an empty list without a path', { op: 'replace', value: { roles: [] } }],
    ['an empty list at the core URN', { op: 'replace', path: `${CORE}:roles`, value: [] }],
    ['a removal of the other spelling', { op: 'remove', path: 'roles' }],
  ])('is withdrawn by %s', (_name, operation) => {
    const made = after(operation);
    expect(made.admin).toBe(false);
    expect(made).not.toHaveProperty('role');
  });

  it.each([
    ['an added role', { op: 'Add', path: 'roles', value: [{ value: 'viewer' }] }],
    ['another attribute', { op: 'replace', path: 'title', value: 'Analyst' }],
    ['a role of an extension', { op: 'replace', path: 'urn:acme:hr:2.0:User:role', value: 'lead' }],
  ])('stays with %s', (_name, operation) => {
    expect(after(operation)).toMatchObject({ admin: true, role: 'admin' });
  });

  it('counts when both are written together', () => {
    const both = { role: 'admin', roles: [] };
    expect(after({ op: 'replace', value: both })).toMatchObject({ admin: true, role: 'admin' });
  });
});
