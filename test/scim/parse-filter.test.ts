import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Condition, Field } from '../../src/directory/query.ts';
import { BridgeError } from '../../src/errors.ts';
import { parseFilter } from '../../src/scim/filter/parse-filter.ts';
import { groupSchema, userSchema } from '../../src/scim/schema/resource-schema.ts';

const ENT = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

const eq = (field: Field, value: string | boolean = 'x'): Condition => ({ op: 'eq', field, value });
const column = (name: 'id' | 'userName' | 'displayName' | 'externalId' | 'active'): Field => ({
  kind: 'column',
  name,
});

describe('a filter on users', () => {
  it.each<[string, Condition]>([
    ['userName eq "x"', eq(column('userName'))],
    ['userName Eq "x"', eq(column('userName'))],
    ['USERNAME EQ "x"', eq(column('userName'))],
    ['urn:ietf:params:scim:schemas:core:2.0:User:userName eq "x"', eq(column('userName'))],
    ['emails[type eq "work"].value eq "x"', eq({ kind: 'email', type: 'work' })],
    ['emails[type eq "work"] eq "x"', eq({ kind: 'email', type: 'work' })],
    ['emails[type eq "work" and value eq "x"]', eq({ kind: 'email', type: 'work' })],
    ['emails[primary eq "True"].value eq "x"', eq({ kind: 'email', primary: true })],
    ['emails[value eq "x"]', eq({ kind: 'email' })],
    ['emails.value eq "x"', eq({ kind: 'email' })],
    ['emails eq "x"', eq({ kind: 'email' })],
    ['externalId eq "x"', eq(column('externalId'))],
    ['externalId eq jyoung', eq(column('externalId'), 'jyoung')],
    ['userName eq jane@x.test', eq(column('userName'), 'jane@x.test')],
    ['active eq true', eq(column('active'), true)],
    ['active eq "true"', eq(column('active'), true)],
    ['active eq "perhaps"', { op: 'never' }],
    ['name.FamilyName eq x', eq({ kind: 'path', path: ['name', 'familyName'] })],
    [`${ENT}:department eq "x"`, eq({ kind: 'path', path: [ENT, 'department'] })],
    ['favouriteColour eq "x"', eq({ kind: 'path', path: ['favouriteColour'] })],
    ['(userName eq "x")', eq(column('userName'))],
    [
      'id eq "x" and manager eq "x"',
      { op: 'and', conditions: [eq(column('id')), eq({ kind: 'path', path: [ENT, 'manager', 'value'] })] },
    ],
    [
      'active eq true and (id eq "x" and externalId eq "x")',
      { op: 'and', conditions: [eq(column('active'), true), eq(column('id')), eq(column('externalId'))] },
    ],
  ])('%s', (text, condition) => {
    expect(parseFilter(userSchema, text)).toEqual(condition);
  });

  it.each(['a "quoted" \\ word', "O'Brien & #1 + 100%", 'ünïcode 東京', '[x] (y) eq "z"', '#0'])(
    'a value is taken as it is: %s',
    (value) => {
      expect(parseFilter(userSchema, `userName eq ${JSON.stringify(value)}`)).toEqual(
        eq(column('userName'), value),
      );
    },
  );

  it.each([
    ['userName sw O', 'sw'],
    ['userName eq "a" or userName eq "b"', 'or'],
    ['not (userName eq "a")', 'not'],
    ['title pr', 'pr'],
    ['name.FamilyName eq Employee and (emails.Value co example.com or emails.Value co example.org)', ''],
    ['meta.Created gt 2015-10-10T14:38:21.8617979-07:00', 'gt'],
    ['meta.lastModified ge "2021-09-23T19:35:41.8420572Z"', 'ge'],
    ['userName eq', ''],
    ['userName zz "a"', ''],
    ['eq "a"', ''],
    ['(userName eq "a"', ''],
    ['userName eq "a', ''],
    ['__proto__ eq "a"', ''],
    ['phoneNumbers[type eq "work"].value eq "1"', 'phoneNumbers'],
    ['userName eq "\\x"', 'escape'],
  ])('%s is refused, and the detail says why', (text, named) => {
    expect(() => parseFilter(userSchema, text)).toThrow(
      expect.objectContaining({ code: 'invalid_filter' }) as Error,
    );
    expect(() => parseFilter(userSchema, text)).toThrow(named);
  });

  it('that is too long, too wide or too deep is refused', () => {
    const clause = 'userName eq "a"';
    for (const text of [
      `userName eq "${'a'.repeat(5_000)}"`,
      Array.from({ length: 40 }, () => clause).join(' and '),
      '('.repeat(40) + clause + ')'.repeat(40),
    ]) {
      expect(() => parseFilter(userSchema, text)).toThrow(
        expect.objectContaining({ code: 'too_many' }) as Error,
      );
    }
  });

  it('of any text is a condition or a clear error', () => {
    const words = fc.constantFrom(
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
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(words).map((list) => list.join(' ')),
    );
    fc.assert(
      fc.property(text, (filter) => {
        try {
          parseFilter(userSchema, filter);
        } catch (error) {
          expect(error).toBeInstanceOf(BridgeError);
        }
      }),
    );
  });
});

describe('a filter on groups', () => {
  it.each<[string, Condition]>([
    ['displayName eq "x"', eq(column('displayName'))],
    ['DisplayName eq "x"', eq(column('displayName'))],
    ['members eq "x"', eq({ kind: 'member' })],
    ['members[value eq "x"]', eq({ kind: 'member' })],
    ['members.value eq "x"', eq({ kind: 'member' })],
    ['id eq "x" and members eq "x"', { op: 'and', conditions: [eq(column('id')), eq({ kind: 'member' })] }],
  ])('%s', (text, condition) => {
    expect(parseFilter(groupSchema, text)).toEqual(condition);
  });
});
