/** A request that deactivates a user always does so, whatever else is in it. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { scimServer, type ScimServer } from './scim-server.ts';

const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
const ENT = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const WORK = { value: 'lv@x.test', type: 'work' };
const jane = { title: 'Analyst', emails: [WORK], [ENT]: { department: 'Data' } };

let scim: ScimServer;
let path: string;
let lv: { readonly userName: string };
let warned: number;
let count = 0;

beforeAll(async () => {
  scim = await scimServer();
  await scim.call('POST', '/Users', { userName: 'other' });
});
afterAll(() => scim.close());

beforeEach(async () => {
  lv = { ...jane, userName: `lv${String((count += 1))}` };
  const { status, body } = await scim.call('POST', '/Users', lv);
  expect(status).toBe(201);
  path = `/Users/${body['id'] as string}`;
  warned = scim.warnings.length;
});

const read = async () => (await scim.call('GET', path)).body;
const patch = (...Operations: readonly unknown[]) => scim.call('PATCH', path, { Operations });
const warnings = () =>
  scim.warnings
    .slice(warned)
    .flatMap(({ code, example }) => (code === 'deactivated_in_part' ? [example] : []));

const OFF = { op: 'replace', path: 'active', value: false };
const BAD = { op: 'replace', path: 'phoneNumbers[display sw "x"].value', value: '1' };
const shapes: readonly (readonly [string, object])[] = [
  ['Okta', { op: 'replace', value: { active: false } }],
  ['Entra', { op: 'Replace', path: 'active', value: 'False' }],
  ['text without a path', { op: 'Replace', value: { active: 'false' } }],
  ['in a list', { op: 'replace', path: 'active', value: [false] }],
  ['in a list and an object', { op: 'add', path: 'ACTIVE', value: [{ value: 'False' }] }],
  ['the number 0', { op: 'replace', path: 'active', value: 0 }],
  ['the number 0 without a path', { op: 'replace', value: { active: 0 } }],
  ['under the URN', { op: 'replace', path: `${CORE}:active`, value: false }],
  ['under the URN as a key', { op: 'replace', value: { [`${CORE}:active`]: false } }],
  ['in an object under the URN', { op: 'replace', value: { [CORE]: { active: false } } }],
];
const broken: readonly (readonly [string, object])[] = [
  ['no target', BAD],
  ['an invalid filter', { op: 'add', path: 'emails[type zz "w"].value', value: 'x' }],
  ['an invalid path', { op: 'add', path: 'a[', value: 1 }],
  ['an unknown verb', { op: 'move', path: 'title', value: 'x' }],
  ['a value of another type', { op: 'replace', path: 'name', value: 'x' }],
  ['no value', { op: 'replace', path: 'title' }],
  ['a read-only attribute', { op: 'replace', path: 'groups', value: [] }],
  ['no userName', { op: 'replace', path: 'userName', value: '' }],
  ['a second value for active that is invalid', { op: 'replace', path: 'active', value: 'perhaps' }],
  ['too much text', { op: 'replace', path: 'title', value: 'x'.repeat(300_000) }],
  ['a remove without a path', { op: 'remove' }],
  ['keys, one of which has an invalid value', { op: 'replace', value: { emails: [[]], nickName: 'J' } }],
];

describe('a PATCH that deactivates a user', () => {
  it.each(shapes)('deactivates even if another operation fails: %s', async (_name, off) => {
    for (const operations of [
      [off, BAD],
      [BAD, off],
    ]) {
      await patch({ op: 'replace', path: 'active', value: true });
      const { status, body } = await patch(...operations);
      expect(status).toBe(200);
      expect(body).toMatchObject({ ...lv, active: false });
    }
  });

  it.each(broken)('deactivates despite %s', async (_name, other) => {
    const { status } = await patch(other, OFF, { op: 'replace', path: 'displayName', value: 'Leaver' });
    expect(status).toBe(200);
    expect(await read()).toMatchObject({ userName: lv.userName, emails: [WORK], active: false });
    expect(warnings()).toHaveLength(1);
  });

  it('applies everything that can be applied, and warns operators about the rest', async () => {
    const title = { op: 'replace', path: 'title', value: 'Former' };
    await patch(title, BAD, { op: 'replace', value: { active: false, nickName: 'J', name: 'x' } });
    expect(await read()).toMatchObject({ title: 'Former', nickName: 'J', active: false });
    const example = `${lv.userName}: ${BAD.path} (no_target), name (invalid_value)`;
    expect(warnings()).toEqual([example]);
  });

  it('deactivates even if its userName is taken', async () => {
    const { status, body } = await patch(OFF, {
      op: 'replace',
      value: { userName: 'other', title: 'Former' },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ ...lv, title: 'Former', active: false });
    expect(warnings()).toEqual([`${lv.userName}: userName (uniqueness)`]);
  });

  it('deactivates even if the request is too long', async () => {
    const many = Array.from({ length: 1_001 }, (_, index) => ({ op: 'add', path: `a${index}`, value: 1 }));
    const wide = Object.fromEntries(Array.from({ length: 2_500 }, (_, index) => [`b${index}`, 1]));
    for (const operations of [[...many, OFF], [{ op: 'add', value: { ...wide, active: false } }]]) {
      await patch({ op: 'replace', path: 'active', value: true });
      expect((await patch(...operations)).status).toBe(200);
      expect(await read()).toMatchObject({ active: false });
    }
  });

  it('is rejected when If-Match names another version', async () => {
    const { status } = await scim.call('PATCH', path, { Operations: [OFF, BAD] }, { 'if-match': 'W/"9"' });
    expect(status).toBe(412);
  });
});

describe('a PUT that deactivates a user', () => {
  it.each<[string, object]>([
    ['values of another type', { name: 'x', title: [1, 2] }],
    ['no userName', { userName: null }],
    ['a userName that is too long', { userName: 'x'.repeat(2_000) }],
    ['an extension that is text', { [ENT]: 'x' }],
    [
      'too many attributes',
      Object.fromEntries(Array.from({ length: 1_500 }, (_, index) => [`a${index}`, 1])),
    ],
    ['too much text', { title: 'x'.repeat(300_000) }],
  ])('deactivates despite %s', async (_name, body) => {
    const { userName } = lv;
    const { status } = await scim.call('PUT', path, { userName, ...body, active: 'False' });
    expect(status).toBe(200);
    expect(await read()).toMatchObject({ userName, active: false });
    expect(warnings()).toHaveLength(1);
  });

  it('is rejected as a whole if it fails and does not deactivate', async () => {
    const before = await read();
    const { userName } = lv;
    expect((await scim.call('PUT', path, { userName, name: 'x', active: true })).status).toBe(400);
    expect((await scim.call('PUT', path, { userName, name: 'x' })).status).toBe(400);
    expect(await read()).toEqual(before);
  });

  it('keeps attributes whose new value is invalid, and replaces the others', async () => {
    const [title, emails, department] = [{ a: [] }, 5, [1, 2]];
    const body = { ...lv, title, emails: [emails, [[]]], nickName: 'J', [ENT]: { department } };
    await scim.call('PUT', path, { ...body, [`${CORE}:active`]: false });
    expect(await read()).toMatchObject({ ...lv, nickName: 'J', active: false });
  });

  it('deactivates even if its userName is taken', async () => {
    const { status, body } = await scim.call('PUT', path, { userName: 'other', active: false });
    expect(status).toBe(200);
    expect(body).toMatchObject({ userName: lv.userName, active: false });
  });
});

describe('within a bulk request', () => {
  const bulk = async (...Operations: readonly object[]) => {
    const { body } = await scim.call('POST', '/Bulk', { Operations });
    return (body['Operations'] as { status: string }[]).map(({ status }) => status);
  };

  it('a user is deactivated despite an operation that fails and a reference that does not resolve', async () => {
    const manager = { op: 'replace', path: `${ENT}:manager`, value: 'bulkId:nobody' };
    expect(await bulk({ method: 'PATCH', path, data: { Operations: [BAD, manager, OFF] } })).toEqual(['200']);
    expect(await read()).toMatchObject({ active: false });
    expect(warnings()).toEqual([`${lv.userName}: bulkId:nobody, ${BAD.path} (no_target)`]);
  });

  it('any other operation fails if a reference does not resolve', async () => {
    const manager = { op: 'replace', path: `${ENT}:manager`, value: 'bulkId:nobody' };
    expect(await bulk({ method: 'PATCH', path, data: { Operations: [manager] } })).toEqual(['400']);
  });
});

describe('a request that does not deactivate', () => {
  it.each(broken)('fails as a whole: %s', async (_name, other) => {
    const before = await read();
    for (const more of [[], [{ ...OFF, value: true }], [OFF, { ...OFF, value: true }]]) {
      const { status } = await patch({ op: 'replace', path: 'title', value: 'new' }, ...more, other);
      expect(status).toBe(400);
    }
    expect(await read()).toEqual(before);
    expect(warnings()).toEqual([]);
  });
});
