import { describe, expect, it } from 'vitest';
import { readUser } from '../../src/scim/codec/read-user.ts';
import { nearMissRole } from '../../src/scim/codec/read-roles.ts';

const base = { userName: 'jane@x.test' };
const read = (more: object, before?: Parameters<typeof readUser>[1]) =>
  readUser({ ...base, ...more }, before);

/** The stored document. */
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
    ['in a custom extension', { 'urn:mycompany:scim:2.0:User': { role: 'admin' } }, true],
    ['Entra: JSON as text', { roles: [{ value: '{"id":"0","value":"25","displayName":"admin"}' }] }, true],
    [
      'the validator: primary as text',
      { roles: [{ primary: 'True', display: 'x', value: 'admin', type: 't' }] },
      true,
    ],
    ['in display when there is no value', { roles: [{ display: 'admin' }] }, true],
    ['another role', { roles: [{ value: 'User' }] }, false],
    ['a near miss', { role: 'Admin' }, false],
    ['an empty role', { role: '' }, null],
    ['an empty list, which Entra sends for every new user', { roles: [] }, null],
    ['no role attribute', {}, null],
    ['userType is not a role', { userType: 'admin' }, null],
  ])('%s', (_name, more, admin) => {
    expect(read(more).admin).toBe(admin);
  });

  it('is removed when the IdP does not send it any more', () => {
    expect(read({}, { active: true, admin: true }).admin).toBe(false);
    expect(read({ roles: [] }, { active: true, admin: true }).admin).toBe(false);
  });

  it('in another case is reported', () => {
    expect(nearMissRole({ roles: [{ value: 'Admin' }] })).toBe('Admin');
    expect(nearMissRole({ role: 'admin' })).toBeUndefined();
  });
});

describe('a user', () => {
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
      'else the work address',
      {
        emails: [
          { value: 'a@x.test', type: 'home' },
          { value: 'b@x.test', type: 'work' },
        ],
      },
      'b@x.test',
    ],
    ['else the only address', { emails: [{ value: 'a@x.test' }] }, 'a@x.test'],
    ['else the userName', {}, 'jane@x.test'],
    ['no address when nothing is one', { userName: 'jane' }, null],
  ])('is identified on Mode with %s', (_name, more, email) => {
    expect(read(more).email).toBe(email);
  });

  it('keeps all attributes except secret, read-only and empty ones', () => {
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

  it.each(['password', 'id', 'groups', 'meta'])('does not keep %s, in any spelling', (name) => {
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

  it('keeps keys that are not valid attribute names', () => {
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
      'equal ones are merged',
      [{ value: 'a@x.test' }, { value: 'a@x.test', primary: true }],
      [{ value: 'a@x.test', primary: true }],
    ],
    [
      'two types of one value are both kept',
      [
        { value: 'a@x.test', type: 'work' },
        { value: 'a@x.test', type: 'home' },
      ],
      undefined,
    ],
    [
      'null is ignored',
      [{ value: null, type: 'home' }, null, { value: 'a@x.test' }],
      [{ value: 'a@x.test' }],
    ],
    ['a mailto URI becomes an address', [{ value: 'mailto:a@x.test' }], [{ value: 'a@x.test' }]],
  ])('e-mails: %s', (_name, emails, after) => {
    const draft = read({ emails });
    expect((JSON.parse(draft.document) as { emails: unknown }).emails).toEqual(after ?? emails);
    if (after !== undefined) expect(draft.email).toBe('a@x.test');
  });

  it.each([
    [0, false],
    [1, true],
    ['0', false],
    ['1', true],
    [[0], false],
  ])('reads %j as active: %s', (active, expected) => {
    for (const before of [true, false]) {
      const user = read({ active }, { active: before, admin: null });
      expect(user.active).toBe(expected);
      expect(JSON.parse(user.document)).toMatchObject({ active: expected });
    }
  });

  it.each([2, -1, 0.5, [0, 1]])('rejects %j as active', (active) => {
    expect(() => read({ active })).toThrow(expect.objectContaining({ code: 'invalid_value' }) as Error);
  });

  it('keeps active when a PUT does not have it', () => {
    expect(read({}, { active: false, admin: null }).active).toBe(false);
    expect(read({}).active).toBe(true);
  });

  it.each(['1', '-1', '0x1', '', 'ünï', 'a'.repeat(500)])(
    'an externalId is plain text: "%s"',
    (externalId) => {
      expect(read({ externalId }).externalId).toBe(externalId === '' ? null : externalId);
    },
  );
});
