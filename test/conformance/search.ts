/** That a store finds and orders what a filter and a sort say, as if it had looked at everybody. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readUser } from '../../src/scim/codec/read-user.ts';
import { isList } from '../../src/scim/codec/list-response.ts';
import { filterCondition } from '../../src/scim/filter/filter-condition.ts';
import { parseFilter } from '../../src/scim/filter/parse-filter.ts';
import { listResources } from '../../src/scim/paging/list-resources.ts';
import { readListRequest } from '../../src/scim/paging/list-request.ts';
import { userSchema } from '../../src/scim/schema/resource-schema.ts';
import type { Store } from '../../src/store/open-store.ts';
import { byCodePoint, ENT, matches, sortKey, textOf, type Clause, type Person } from './naive-search.ts';

const W = 'acme';
const OPERATORS = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'];
/** Few, so that they meet; letters of several alphabets, and what is special in SQL, JSON and LIKE. */
const word = fc.constantFrom(
  'a',
  'A',
  'b',
  'Ba',
  'ab',
  'É',
  'é',
  'ß',
  'ΑΣ',
  'ας',
  'SS',
  'e\u0301',
  'ı',
  '東',
  '😀',
  "o'x",
  '"',
  '\\',
  'a_b%',
  '7',
  'x',
);

const person: fc.Arbitrary<Omit<Person, 'id' | 'userName'>> = fc.record(
  {
    active: fc.boolean(),
    externalId: word,
    title: word,
    nickName: fc.oneof(word, fc.constant('')),
    name: fc.record({ givenName: word, familyName: word }, { requiredKeys: [] }),
    emails: fc.array(
      fc.record({ value: word, type: fc.constantFrom('work', 'Home') }, { requiredKeys: ['value'] }),
      { minLength: 1, maxLength: 2 },
    ),
    [ENT]: fc.record({ department: word }),
    badge: fc.oneof(word, fc.integer({ min: -3, max: 3 }), fc.boolean()),
  },
  { requiredKeys: ['active'] },
);

const simple = fc.constantFrom(
  ...[
    'userName',
    'id',
    'externalId',
    'title',
    'nickName',
    'name.familyName',
    'emails',
    'emails.value',
    'emails.type',
  ],
  ...[`${ENT}:department`, 'badge', 'absent'],
);
const leaf = (path: fc.Arbitrary<string>): fc.Arbitrary<Clause> =>
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ op: fc.constantFrom(...OPERATORS), path, value: word }) },
    { weight: 1, arbitrary: path.map((of): Clause => ({ op: 'pr', path: of })) },
  );
const active: fc.Arbitrary<Clause> = fc.record({
  op: fc.constantFrom('eq', 'ne'),
  path: fc.constant('active'),
  value: fc.constantFrom('true', 'False'),
});
const element: fc.Arbitrary<Clause> = tree(leaf(fc.constantFrom('value', 'type', 'display')), 1).map(
  (part): Clause => ({ op: '[]', list: 'emails', part }),
);
const clause = tree(fc.oneof(leaf(simple), leaf(simple), active, element), 2);

function tree(of: fc.Arbitrary<Clause>, depth: number): fc.Arbitrary<Clause> {
  if (depth === 0) return of;
  const inner = tree(of, depth - 1);
  return fc.oneof(
    { weight: 3, arbitrary: of },
    {
      weight: 2,
      arbitrary: fc.record({
        op: fc.constantFrom('and' as const, 'or' as const),
        parts: fc.tuple(inner, inner),
      }),
    },
    { weight: 1, arbitrary: inner.map((part): Clause => ({ op: 'not', part })) },
  );
}

export function searchConformance(open: () => Promise<Store>): void {
  describe('a search', () => {
    it('finds exactly the people of whom the filter is true', async () => {
      const { store, people } = await populated(open);
      await fc.assert(
        fc.asyncProperty(clause, async (wanted) => {
          const where = filterCondition(userSchema, parseFilter(textOf(wanted)));
          const { items, total } = await store.directory.users(W, { where, limit: 1_000 });
          const expected = people.filter((one) => matches(wanted, one)).map((one) => one.id);
          expect(items.map((user) => user.id).sort(), textOf(wanted)).toEqual(expected.sort());
          expect(total).toBe(expected.length);
        }),
        { numRuns: 400 },
      );
    });

    it('is sorted alike by index and by cursor, with everybody on one page and no other', async () => {
      const { store, people } = await populated(open);
      const sorts = fc.constantFrom(
        'userName',
        'title',
        'emails',
        'name.givenName',
        'externalId',
        `${ENT}:department`,
      );
      await fc.assert(
        fc.asyncProperty(
          sorts,
          fc.boolean(),
          fc.integer({ min: 1, max: 15 }),
          async (sortBy, descending, count) => {
            const page = pager(store, {
              sortBy,
              sortOrder: descending ? 'descending' : 'ascending',
              count: String(count),
            });
            const byCursor: string[] = [];
            for (let cursor: string | undefined = ''; cursor !== undefined;) {
              const { resources, nextCursor } = await page({ cursor });
              byCursor.push(...resources);
              cursor = nextCursor;
            }
            const byIndex: string[] = [];
            for (let start = 1; start <= people.length; start += count) {
              byIndex.push(...(await page({ startIndex: String(start) })).resources);
            }
            expect(byIndex).toEqual(byCursor);
            expect(byCursor).toEqual(inOrder(people, sortBy, descending));
          },
        ),
        { numRuns: 60 },
      );
    });

    it('takes instants with more digits than it keeps, and compares them exactly', async () => {
      const { store, people } = await populated(open);
      const created = async (filter: string) => {
        const where = filterCondition(userSchema, parseFilter(filter));
        return (await store.directory.users(W, { where, limit: 0 })).total;
      };
      const tenth = new Date(10).toISOString().replace('Z', '');
      expect(await created(`meta.created lt "${tenth}0001Z"`)).toBe(11);
      expect(await created(`meta.created gt "${tenth}0001Z"`)).toBe(people.length - 11);
      expect(await created(`meta.created eq "${tenth}0000Z"`)).toBe(1);
      expect(await created(`meta.created eq "${tenth}0001Z"`)).toBe(0);
      expect(await created('meta.version eq "W/\\"1\\""')).toBe(people.length);
    });

    it('finds groups by their members and people by their groups', async () => {
      const { store, people } = await populated(open);
      const group = (id: string) => ({
        ...{ id, workspace: W, ownerId: 'okta', version: 1, createdAt: 1, updatedAt: 1 },
        ...{
          displayName: `Group ${id}`,
          externalId: null,
          document: JSON.stringify({ displayName: `Group ${id}` }),
        },
      });
      const [first, second] = people;
      await store.directory.commit({
        workspace: W,
        at: 1,
        changes: [],
        subjects: [],
        steps: [
          { step: 'create_group', group: group('g1') },
          { step: 'create_group', group: group('g2') },
          { step: 'add_members', groupId: 'g1', userIds: [first?.id ?? '', second?.id ?? ''] },
        ],
      });
      const related = (kind: 'members' | 'groups', name: 'value' | 'display', value: string) =>
        ({
          op: 'some',
          list: { kind },
          condition: { op: 'eq', field: { kind: 'related', name }, value },
        }) as const;
      const groups = async (where: object) =>
        (await store.directory.groups(W, { where: where as never, limit: 9 })).items;
      const users = async (where: object) =>
        (await store.directory.users(W, { where: where as never, limit: 9 })).items;
      expect((await groups(related('members', 'value', first?.id ?? ''))).map(({ id }) => id)).toEqual([
        'g1',
      ]);
      expect(await groups(related('members', 'display', (first?.userName ?? '').toUpperCase()))).toHaveLength(
        1,
      );
      expect(
        await groups({ op: 'not', condition: related('members', 'value', first?.id ?? '') }),
      ).toHaveLength(1);
      expect(await users(related('groups', 'value', 'g1'))).toHaveLength(2);
      expect(await users(related('groups', 'display', 'GROUP G1'))).toHaveLength(2);
      expect(await users(related('groups', 'value', 'g2'))).toEqual([]);
    });
  });
}

/** Forty people of all kinds, the same for each run. */
async function populated(open: () => Promise<Store>): Promise<{ store: Store; people: Person[] }> {
  const store = await open();
  const people = fc.sample(person, { numRuns: 40, seed: 7 }).map((one, index): Person => {
    return {
      id: `u${String(index).padStart(2, '0')}`,
      userName: `${['a', 'É', 'x', '東'][index % 4] ?? ''}${index}`,
      ...one,
    } as Person;
  });
  const steps = people.map(({ id, ...body }, index) => {
    const { emails, ...draft } = readUser(body);
    const user = {
      ...draft,
      id,
      workspace: W,
      ownerId: 'okta',
      version: 1,
      createdAt: index,
      updatedAt: index,
    };
    return { step: 'create_user', user, emails } as const;
  });
  await store.directory.commit({ workspace: W, at: 1, steps, changes: [], subjects: [] });
  return { store, people };
}

function pager(store: Store, shared: Readonly<Record<string, string>>) {
  return async (more: Readonly<Record<string, string>>) => {
    const given = new Map(
      Object.entries({ ...shared, ...more }).map(([name, value]) => [name.toLowerCase(), value]),
    );
    const page = await listResources(
      {
        schema: userSchema,
        owner: W,
        now: 1,
        list: (query) => store.directory.users(W, query),
        render: (items) => Promise.resolve(items.map((user) => user.id)),
      },
      readListRequest((name) => given.get(name)),
    );
    return { resources: isList(page.resources) ? page.resources : [], nextCursor: page.nextCursor };
  };
}

/** By the key, those without one last; then by creation; and all of it turned round when it falls. */
function inOrder(people: readonly Person[], sortBy: string, descending: boolean): string[] {
  const keyed = people.map((one, index) => ({ id: one.id, index, key: sortKey(sortBy, one) }));
  const sorted = keyed.sort((a, b) => {
    if ((a.key === undefined) !== (b.key === undefined)) return a.key === undefined ? 1 : -1;
    return byCodePoint(a.key ?? '', b.key ?? '') || a.index - b.index;
  });
  return (descending ? sorted.reverse() : sorted).map((one) => one.id);
}
