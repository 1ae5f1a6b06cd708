import { describe, expect, it } from 'vitest';
import { readUser } from '../../src/scim/codec/read-user.ts';
import { nearMissRole } from '../../src/scim/codec/read-roles.ts';

const base = { userName: 'jane@x.test' };
const read = (more: object, before?: Parameters<typeof readUser>[1]) =>
  readUser({ ...base, ...more }, before);

/** What of it is kept. */
function kept(more: object): unknown {
  const { userName, active, ...document } = JSON.parse(read(more).document) as Record<string, unknown>;
  expect([userName, active]).toEqual([base.userName, true]);
  return document;
}

describe('the admin role', () => {
  it.each<[string, object, boolean | null]>([
    ['Okta: role', { role: 'admin' }, true],
    ['Okta: roles with primary', { roles: [{ primary: true, value: 'admin' }] }, true],
    ['bare text in roles', { roles: ['admin', 'b'] }, true],
    ['one object', { roles: { value: 'admin' } }, true],
    ['in an extension of its own', { 'urn:mycompany:scim:2.0:User': { role: 'admin' } }, true],
    ['Entra: JSON as text', { roles: [{ value: '{"id":"0","value":"25","displayName":"admin"}' }] }, true],
    [
      'the validator: primary as text',
      { roles: [{ primary: 'True', display: 'x', value: 'admin', type: 't' }] },
      true,
    ],
    ['by display when there is no value', { roles: [{ display: 'admin' }] }, true],
    ['another role', { roles: [{ value: 'User' }] }, false],
    ['a near miss', { role: 'Admin' }, false],
    ['an empty role', { role: '' }, null],
    ['an empty list, as Entra creates everybody', { roles: [] }, null],
    ['no word of roles', {}, null],
    ['userType is no role', { userType: 'admin' }, null],
  ])('%s', (_name, more, admin) => {
    expect(read(more).admin).toBe(admin);
  });

  it('that was given and is named no more is taken away', () => {
    expect(read({}, { active: true, admin: true }).admin).toBe(false);
    expect(read({ roles: [] }, { active: true, admin: true }).admin).toBe(false);
  });

  it('that is nearly admin is told', () => {
    expect(nearMissRole({ roles: [{ value: 'Admin' }] })).toBe('Admin');
    expect(nearMissRole({ role: 'admin' })).toBeUndefined();
  });
});

describe('a person', () => {
  it.each<[string, object, string | null]>([
    [
      'the primary address',
      {
        emails: [
          { value: 'a@x.test', type: 'work' },
          { value: 'b@x.test', primary: 'True' },
        ],
      },
      'b@x.test',
    ],
    [
      'else the one for work',
      {
        emails: [
          { value: 'a@x.test', type: 'home' },
          { value: 'b@x.test', type: 'work' },
        ],
      },
      'b@x.test',
    ],
    ['else the only one', { emails: [{ value: 'a@x.test' }] }, 'a@x.test'],
    ['else the userName', {}, 'jane@x.test'],
    ['none when nothing is an address', { userName: 'jane' }, null],
  ])('is known to Mode by %s', (_name, more, email) => {
    expect(read(more).email).toBe(email);
  });

  it('keeps what was sent, but for what is secret, read-only or nothing', () => {
    const { document } = read({
      id: '1',
      meta: {},
      groups: [],
      schemas: [],
      password: 's',
      addresses: null,
      nickName: '',
      custom: { a: [1] },
      active: 'True',
    });
    expect(JSON.parse(document)).toEqual({ ...base, nickName: '', custom: { a: [1] }, active: true });
  });

  it.each(['password', 'id', 'groups', 'meta'])('keeps no %s, in whatever spelling', (name) => {
    const core = 'urn:ietf:params:scim:schemas:core:2.0:User';
    const spellings = [
      name,
      name.toUpperCase(),
      `${core}:${name}`,
      `${core.toUpperCase()}.${name}`,
      `${core}:${core}:${name}`,
    ];
    for (const key of spellings) expect(kept({ [key]: 'x' })).toEqual({});
    expect(kept({ [core]: { [name]: 'x', title: 'T' } })).toEqual({ title: 'T' });
  });

  it('keeps keys that are not names of attributes', () => {
    const odd = { _id: 1, '@odata.type': 'x', 'cost center': 'x', naïve: 'x', 'rn:ietf:x': 'x', '': 1 };
    expect(kept(odd)).toEqual(odd);
    const poison = JSON.parse('{"__proto__":{"a":1},"constructor":1,"name":{"__proto__":{"a":1}}}') as object;
    expect(kept(poison)).toEqual({});
  });

  it('keeps a custom extension in every spelling', () => {
    const custom = 'urn:ietf:params:scim:schemas:extension:CustomExtensionName:2.0:User';
    const CustomAttribute = 'x';
    for (const more of [
      { [custom]: { CustomAttribute } },
      { [`${custom}:CustomAttribute`]: 'x' },
      { [`${custom}.CustomAttribute`]: 'x' },
    ]) {
      expect(kept(more)).toEqual({ [custom]: { CustomAttribute } });
    }
  });

  it.each<[string, unknown, unknown]>([
    [
      'equal ones are one',
      [{ value: 'a@x.test' }, { value: 'a@x.test', primary: true }],
      [{ value: 'a@x.test', primary: true }],
    ],
    [
      'of one value and two types both',
      [
        { value: 'a@x.test', type: 'work' },
        { value: 'a@x.test', type: 'home' },
      ],
      undefined,
    ],
    [
      'null is not there',
      [{ value: null, type: 'home' }, null, { value: 'a@x.test' }],
      [{ value: 'a@x.test' }],
    ],
    ['a URI is its address', [{ value: 'mailto:a@x.test' }], [{ value: 'a@x.test' }]],
  ])('of e-mails, %s', (_name, emails, after) => {
    const draft = read({ emails });
    expect((JSON.parse(draft.document) as { emails: unknown }).emails).toEqual(after ?? emails);
    if (after !== undefined) expect(draft.email).toBe('a@x.test');
  });

  it('stays as active as they were when a PUT does not say', () => {
    expect(read({}, { active: false, admin: null }).active).toBe(false);
    expect(read({}).active).toBe(true);
  });

  it.each(['1', '-1', '0x1', '', 'ünï', 'a'.repeat(500)])(
    'an externalId is text and nothing else: "%s"',
    (externalId) => {
      expect(read({ externalId }).externalId).toBe(externalId === '' ? null : externalId);
    },
  );
});
