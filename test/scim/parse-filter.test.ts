import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Comparator, Condition, Field } from '../../src/directory/query.ts';
import { BridgeError } from '../../src/errors.ts';
import { filterCondition } from '../../src/scim/filter/filter-condition.ts';
import { parseFilter } from '../../src/scim/filter/parse-filter.ts';
import { groupSchema, userSchema } from '../../src/scim/schema/resource-schema.ts';

const ENT = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

type Value = string | boolean | number;
const compare = (op: Comparator, field: Field, value: Value = 'x'): Condition => ({ op, field, value });
const eq = (field: Field, value: Value = 'x') => compare('eq', field, value);
const column = (name: Extract<Field, { kind: 'column' }>['name']): Field => ({ kind: 'column', name });
const path = (...names: string[]): Field => ({ kind: 'path', path: names, exact: false });
const related = (name: 'value' | 'display'): Field => ({ kind: 'related', name });
const not = (condition: Condition): Condition => ({ op: 'not', condition });
const all = (...conditions: Condition[]): Condition => ({ op: 'and', conditions });
const any = (...conditions: Condition[]): Condition => ({ op: 'or', conditions });
const some = (list: string, condition: Condition): Condition => ({
  op: 'some',
  list: list === 'members' || list === 'groups' ? { kind: list } : { kind: 'path', path: [list] },
  condition,
});
const email = some('emails', eq(path('value')));

const onUsers = (text: string) => filterCondition(userSchema, parseFilter(text));
const onGroups = (text: string) => filterCondition(groupSchema, parseFilter(text));

describe('a filter on users', () => {
  it.each<[string, Condition]>([
    ['userName eq "x"', eq(column('userName'))],
    ['userName Eq "x"', eq(column('userName'))],
    ['USERNAME EQ "x"', eq(column('userName'))],
    ['urn:ietf:params:scim:schemas:core:2.0:User:userName eq "x"', eq(column('userName'))],
    ['emails[type eq "work"].value eq "x"', some('emails', all(eq(path('type'), 'work'), eq(path('value'))))],
    ['emails[type eq "work"] eq "x"', some('emails', all(eq(path('type'), 'work'), eq(path('value'))))],
    [
      'emails[type eq "work" and value eq "x"]',
      some('emails', all(eq(path('type'), 'work'), eq(path('value')))),
    ],
    [
      'emails[type eq "work"].value pr',
      some('emails', all(eq(path('type'), 'work'), { op: 'present', field: path('value') })),
    ],
    [
      'emails[primary eq "True"].value eq "x"',
      some('emails', all(eq(path('primary'), 'true'), eq(path('value')))),
    ],
    ['emails[not (type eq "x")]', some('emails', not(eq(path('type'))))],
    ['emails[value eq "x"]', email],
    ['emails.value eq "x"', email],
    ['emails eq "x"', email],
    ['emails ne "x"', not(email)],
    ['emails pr', some('emails', { op: 'present', field: path('value') })],
    ['externalId eq "x"', eq(column('externalId'))],
    ['externalId eq jyoung', eq(column('externalId'), 'jyoung')],
    ["userName eq 'x'", eq(column('userName'))],
    [
      "userName eq 'a b' and active eq 'true'",
      all(eq(column('userName'), 'a b'), eq(column('active'), true)),
    ],
    ["(userName eq 'O'Brien')", eq(column('userName'), "O'Brien")],
    ["userName eq O'Brien", eq(column('userName'), "O'Brien")],
    ["userName eq 'tHooft", eq(column('userName'), "'tHooft")],
    ["userName eq 'a\\'b c'", eq(column('userName'), "a'b c")],
    [`userName eq "'x'"`, eq(column('userName'), "'x'")],
    ["emails[type eq 'work'].value eq 'x'", some('emails', all(eq(path('type'), 'work'), eq(path('value'))))],
    [
      'name.familyName eq Le and active eq true',
      all(eq(path('name', 'familyName'), 'Le'), eq(column('active'), true)),
    ],
    ['userName eq and and active eq true', all(eq(column('userName'), 'and'), eq(column('active'), true))],
    ['userName eq eq', eq(column('userName'), 'eq')],
    ['externalId eq 007', eq(column('externalId'), '007')],
    ['externalId eq 1e5', eq(column('externalId'), '1e5')],
    ['userName eq jane@x.test', eq(column('userName'), 'jane@x.test')],
    ['active eq true', eq(column('active'), true)],
    ['active eq "true"', eq(column('active'), true)],
    ['active ne False', not(eq(column('active'), false))],
    ['active eq "perhaps"', { op: 'never' }],
    ['name.FamilyName eq x', eq(path('name', 'familyName'))],
    [`${ENT}:department eq "x"`, eq(path(ENT, 'department'))],
    ['favouriteColour eq "x"', eq(path('favouriteColour'))],
    ['(userName eq "x")', eq(column('userName'))],
    ['userName sw O', compare('sw', column('userName'), 'O')],
    ['userName co ""', compare('sw', column('userName'), '')],
    ['title pr', { op: 'present', field: path('title') }],
    ['title eq null', not({ op: 'present', field: path('title') })],
    ['title ne null', not(not({ op: 'present', field: path('title') }))],
    ['userName eq "x" or not (title ew "x")', any(eq(column('userName')), not(compare('ew', path('title'))))],
    ['id eq "x" and manager eq "x"', all(eq(column('id')), eq(path(ENT, 'manager', 'value')))],
    [
      'id eq "x" or externalId eq "x" and userName eq "x"',
      any(eq(column('id')), all(eq(column('externalId')), eq(column('userName')))),
    ],
    [
      'name.FamilyName eq Employee and (emails.Value co example.com or emails.Value co example.org)',
      all(
        eq(path('name', 'familyName'), 'Employee'),
        any(
          some('emails', compare('co', path('value'), 'example.com')),
          some('emails', compare('co', path('value'), 'example.org')),
        ),
      ),
    ],
    [
      'meta.Created gt 2015-10-10T14:38:21.8617979-07:00',
      compare('gt', column('created'), Date.parse('2015-10-10T14:38:21-07:00') + 861.7979),
    ],
    [
      'meta.lastModified ge "2021-09-23T19:35:41.8420572Z"',
      compare('ge', column('lastModified'), Date.parse('2021-09-23T19:35:41Z') + 842.0572),
    ],
    [
      'meta.lastModified le "2021-09-23"',
      compare('le', column('lastModified'), Date.parse('2021-09-23T00:00:00Z')),
    ],
    ['meta.version eq "W/\\"3\\""', eq(column('version'), 'W/"3"')],
    ['meta.resourceType eq "User"', { op: 'always' }],
    ['meta.resourceType eq "Group"', { op: 'never' }],
    ['groups.value eq "x"', some('groups', eq(related('value')))],
    ['groups[display sw "x"]', some('groups', compare('sw', related('display')))],
    [
      'phoneNumbers[type eq "work"].value eq "1"',
      some('phoneNumbers', all(eq(path('type'), 'work'), eq(path('value'), '1'))),
    ],
    ['roles eq admin', some('roles', eq(path('value'), 'admin'))],
  ])('%s', (text, condition) => {
    expect(onUsers(text)).toEqual(condition);
  });

  it.each(['a "quoted" \\ word', "O'Brien & #1 + 100%", 'ünïcode 東京', '[x] (y) eq "z"', '#0'])(
    'a value is used literally: %s',
    (value) => {
      expect(onUsers(`userName eq ${JSON.stringify(value)}`)).toEqual(eq(column('userName'), value));
    },
  );

  it.each([
    ['userName eq', ''],
    ['userName zz "a"', ''],
    ['eq "a"', ''],
    ['(userName eq "a"', ''],
    ['userName eq "a', ''],
    ['__proto__ eq "a"', ''],
    ['constructor[prototype eq "a"]', ''],
    ['emails[__proto__ eq "a"]', ''],
    ['userName eq "\\x"', 'escape'],
    ['userName eq "\\u0000"', 'character'],
    ['userName eq "\\ud800"', 'character'],
    ['name eq "x"', 'sub-attributes'],
    ['active gt true', 'boolean'],
    ['meta.created gt "yesterday"', 'date'],
    ['meta.created co "2020"', 'date'],
    ['userName gt null', 'null'],
    ['emails[type eq "work" and emails[value eq "x"]]', ''],
    ['name[givenName eq "x"]', 'name'],
    ['groups.$ref eq "x"', 'groups'],
    ['schemas eq "x"', 'schemas'],
  ])('%s is rejected, and the detail has the reason', (text, named) => {
    expect(() => onUsers(text)).toThrow(expect.objectContaining({ code: 'invalid_filter' }) as Error);
    expect(() => onUsers(text)).toThrow(named);
  });

  it('that is too long, too wide or too deep is rejected', () => {
    const clause = 'userName eq "a"';
    for (const text of [
      `userName eq "${'a'.repeat(5_000)}"`,
      Array.from({ length: 40 }, () => clause).join(' and '),
      '('.repeat(40) + clause + ')'.repeat(40),
      'not ('.repeat(20) + clause + ')'.repeat(20),
    ]) {
      expect(() => onUsers(text)).toThrow(expect.objectContaining({ code: 'too_many' }) as Error);
    }
  });

  it('becomes a condition or a clear error, for any text', () => {
    const words = fc.constantFrom(
      ...[
        'userName',
        'eq',
        'and',
        '"x"',
        '[',
        ']',
        '(',
        ')',
        'emails',
        '.value',
        'not',
        '\\"',
        'true',
        'pr',
        'or',
      ],
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(words).map((list) => list.join(' ')),
    );
    fc.assert(
      fc.property(text, (filter) => {
        try {
          onUsers(filter);
        } catch (error) {
          expect(error).toBeInstanceOf(BridgeError);
        }
      }),
    );
  });
});

describe('a filter on groups', () => {
  const member = some('members', eq(related('value')));
  it.each<[string, Condition]>([
    ['displayName eq "x"', eq(column('displayName'))],
    ['DisplayName eq "x"', eq(column('displayName'))],
    ['members eq "x"', member],
    ['members[value eq "x"]', member],
    ['members.value eq "x"', member],
    ['members pr', some('members', { op: 'present', field: related('value') })],
    ['not (members.display co "x")', not(some('members', compare('co', related('display'))))],
    ['id eq "x" and members eq "x"', all(eq(column('id')), member)],
  ])('%s', (text, condition) => {
    expect(onGroups(text)).toEqual(condition);
  });
});
