import fc from 'fast-check';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { batonFile } from '../../src/feed/encoders/baton-file.ts';
import { csv } from '../../src/feed/encoders/csv.ts';
import { csvCell, csvCells } from '../../src/feed/encoders/csv-cell.ts';
import { grantJson } from '../../src/feed/encoders/lines.ts';
import { csvRows } from '../../src/feed/files/csv-rows.ts';
import type { FeedFormat } from '../../src/feed/feed-format.ts';
import type { FeedSnapshot } from '../../src/feed/feed-snapshot.ts';
import { entitlementId, grantId, type Account, type FeedKind, type Grant } from '../../src/feed/model.ts';
import { wire } from '../../src/feed/wire.ts';

const account = (id: string, more: Partial<Account> = {}): Account => ({
  id,
  email: `${id}@x.test`,
  name: id,
  givenName: null,
  familyName: null,
  userName: `${id}@x.test`,
  externalId: null,
  modeUsername: id,
  memberToken: `token-${id}`,
  state: 'active',
  admin: false,
  owned: true,
  managedByScim: false,
  wanted: { active: true, admin: null },
  delivery: null,
  activatedAt: null,
  lastActiveAt: null,
  ...more,
});

const held = (
  entitlement: string,
  type: 'account' | 'group',
  id: string,
  more: Partial<Grant> = {},
): Grant => ({
  id: grantId(entitlement, { type, id }),
  entitlementId: entitlement,
  principal: { type, id },
  wanted: true,
  observed: true,
  source: 'direct',
  ...more,
});

/** A snapshot of these items, in batches of one. */
function snapshotOf(kinds: Partial<Record<FeedKind, readonly unknown[]>>): FeedSnapshot {
  const items = (kind: FeedKind) => kinds[kind] ?? [];
  const count = (kind: FeedKind) => items(kind).length;
  return {
    id: '0'.repeat(32),
    workspace: 'acme',
    position: 1,
    takenAt: 0,
    counts: {
      accounts: count('accounts'),
      groups: count('groups'),
      roles: count('roles'),
      resources: count('resources'),
      entitlements: count('entitlements'),
      grants: count('grants'),
    },
    page: () => Promise.reject(new Error('not read by pages')),
    // eslint-disable-next-line @typescript-eslint/require-await -- the items are already there
    all: async function* (kind: FeedKind) {
      for (const item of items(kind)) yield [item] as never;
    },
  } as FeedSnapshot;
}

async function textOf(format: FeedFormat, snapshot: FeedSnapshot): Promise<string> {
  let text = '';
  for await (const piece of format.encode(snapshot)) text += Buffer.from(piece as string).toString();
  return text;
}

async function rowsOf(text: string): Promise<string[][]> {
  return csvRows(Readable.from(Array.from(text))).toArray() as Promise<string[][]>;
}

describe('a CSV cell', () => {
  it.each([
    ...[
      '=1+1',
      '+1',
      '-1',
      '@SUM(A1)',
      '\t=1',
      '\r=1',
      '\n=1',
      '\tx',
      '\uFF1D1',
      '\uFF0B1',
      '\uFF0D1',
      '\uFF201',
      '\uFE661',
    ],
    ...[
      ' =1',
      '\u00A0=1',
      '\uFEFF=1',
      '\u200B=1',
      '\u2060@x',
      '\u00AD-1',
      '\u3000+1',
      ' \u00A0\uFEFF=1',
      '"=1',
      '\u0000=1',
    ],
  ])('%j is not a formula', (text) => {
    expect(csvCell(text).startsWith('"\'')).toBe(true);
  });

  it.each([
    ['a;=1', `"a;'=1"`],
    ['a; \u00A0=1', `"a; \u00A0'=1"`],
    ['a\t=1', `"a\t'=1"`],
    ['a\n@x;-1', `"a\n'@x;'-1"`],
    ['=1;=1', `"'=1;'=1"`],
    ['\t=1', `"'\t'=1"`],
  ])('%j is not a formula with another separator either', (text, cell) => {
    expect(csvCell(text)).toBe(cell);
  });

  it.each(['Ada Lovelace', 'ada@x.test', 'R&D - Paris', 'a=b', 'a; b', 'a-1;b+2', "'=1", ''])(
    '%j is not changed',
    (text) => {
      expect(csvCell(text)).toBe(text);
    },
  );

  it('starts no formula for any reader, whatever separator it uses and whatever it strips', async () => {
    const cell = fc.string({
      unit: fc.constantFrom(
        'a',
        ',',
        ';',
        '\t',
        '|',
        '"',
        "'",
        '\n',
        '\r',
        ' ',
        '\u00A0',
        '\uFEFF',
        '\u200B',
        '=',
        '+',
        '-',
        '@',
        '\uFF1D',
        '\uFE62',
      ),
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(cell, { minLength: 1, maxLength: 3 }), async (cells) => {
        const line = csvCells(cells);
        const begins = (text: string) => text.replaceAll(/[\s"\u200B\uFEFF]/g, '').slice(0, 1);
        const whole = (await rowsOf(`${line}\r\n`)).flat();
        for (const text of [...whole, ...line.split(/[;\t\r\n|]/)])
          expect('=+-@\uFF1D\uFE62').not.toContain(begins(text) || 'x');
      }),
      { numRuns: 500 },
    );
  });

  it('is read back unchanged, whatever it contains', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'b', ',', '"', '\n', '\r\n', ' ', 'é', '=') });
    await fc.assert(
      fc.asyncProperty(
        fc
          .integer({ min: 2, max: 4 })
          .chain((columns) =>
            fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { minLength: 1 }),
          ),
        async (rows) => {
          const text = rows.map((row) => `${csvCells(row)}\r\n`).join('');
          const read = await rowsOf(text);
          // Only apostrophes were added, and only to formulas.
          const bare = (value: string) => value.replaceAll("'", '');
          expect(read.map((row) => row.map(bare))).toEqual(rows);
          const plain = rows.map((row) =>
            row.map((value) => (value.includes('=') || /^[\r\n]/.test(value) ? null : value)),
          );
          expect(
            read.map((row, line) =>
              row.map((value, place) => (plain[line]?.[place] === null ? null : value)),
            ),
          ).toEqual(plain);
        },
      ),
    );
  });
});

describe('the CSV export', () => {
  const member = entitlementId('group', 'g1', 'member');
  const view = entitlementId('collection', 'c1', 'view');
  const world = {
    accounts: [account('ada'), account('bob', { state: 'former' }), account('cyd')],
    groups: [
      {
        id: 'g1',
        name: 'Analysts',
        owned: true,
        externalId: null,
        modeToken: 't',
        memberCount: 2,
        delivery: null,
      },
    ],
    resources: [{ type: 'collection', id: 'c1', name: 'Finance' }],
    entitlements: [
      {
        id: view,
        resourceType: 'collection',
        resourceId: 'c1',
        slug: 'view',
        name: 'View Finance',
        purpose: 'permission',
      },
      {
        id: member,
        resourceType: 'group',
        resourceId: 'g1',
        slug: 'member',
        name: 'Member of Analysts',
        purpose: 'assignment',
      },
    ],
    grants: [
      held(view, 'account', 'ada', { wanted: null }),
      held(view, 'group', 'g1', { wanted: null }),
      held(member, 'account', 'ada'),
      held(member, 'account', 'cyd', { wanted: false, source: 'outside_idp' }),
      held(member, 'account', 'bob', { observed: false }),
    ],
  };

  it('has a row for each grant on Mode; a grant of a group is listed once for each member', async () => {
    const [, ...rows] = await rowsOf(await textOf(csv, snapshotOf(world)));
    const summaries = rows.map((row) => [row[0], row[9], row[10], row[11], row[14]].join('|'));
    expect(summaries).toEqual([
      'ada|Collection|Finance|view|',
      'cyd|Collection|Finance|view|Held as a member of a group',
      'ada|Group|Analysts|member|',
      'cyd|Group|Analysts|member|Given outside the identity provider',
      'bob||||',
    ]);
  });

  it('distinguishes two resources with the same name', async () => {
    const resources = ['c1', 'c2'].map((id) => ({
      type: 'collection',
      id,
      name: id === 'c1' ? 'Finance' : ' finance',
    }));
    const entitlements = ['c1', 'c2'].map((id) => ({
      id: entitlementId('collection', id, 'view'),
      resourceType: 'collection',
      resourceId: id,
      slug: 'view',
      name: 'View',
      purpose: 'permission',
    }));
    const grants = entitlements.map(({ id }) => held(id, 'account', 'ada', { wanted: null }));
    const [, ...rows] = await rowsOf(
      await textOf(csv, snapshotOf({ accounts: [account('ada')], resources, entitlements, grants })),
    );
    expect(rows.map((row) => row[10])).toEqual(['Finance (c1)', ' finance (c2)']);
  });

  it('has a cell for each column in every row', async () => {
    const odd = account('eve', { name: '=HYPERLINK("x"),\n"y"', email: null });
    const rows = await rowsOf(
      await textOf(csv, snapshotOf({ ...world, accounts: [...world.accounts, odd] })),
    );
    expect(new Set(rows.map((row) => row.length))).toEqual(new Set([15]));
  });

  it('baton-file refers only to items that it contains', async () => {
    const file = JSON.parse(await textOf(batonFile, snapshotOf(world))) as Record<
      string,
      Record<string, string>[]
    >;
    const entitlements = new Set(
      file['entitlements']?.map((one) => `${one['resource_name'] ?? ''}:${one['entitlement'] ?? ''}`),
    );
    const principals = new Set([...(file['users']?.map((user) => user['name']) ?? []), ...entitlements]);
    expect(file['grants']).toHaveLength(4);
    for (const grant of file['grants'] ?? []) {
      expect(entitlements).toContain(grant['entitlement_id']);
      expect(principals).toContain(grant['principal']);
    }
    expect(file['users']?.[1]?.['status']).toBe('disabled');
  });
});

it('grantJson gives the same text as JSON.stringify', () => {
  const text = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(
      text,
      text,
      fc.constantFrom('account' as const, 'group' as const),
      fc.constantFrom(true, false, null),
      fc.boolean(),
      fc.oneof(fc.constantFrom('direct' as const, 'outside_idp' as const), fc.record({ group: text })),
      (entitlement, id, type, wanted, observed, source) => {
        const grant = held(entitlement, type, id, { wanted, observed, source });
        expect(grantJson(grant)).toBe(JSON.stringify(wire.grants(grant)));
      },
    ),
  );
});
