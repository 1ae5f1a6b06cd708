import { describe, expect, it } from 'vitest';
import { join } from 'node:path';
import fc from 'fast-check';
import { nameOf } from '../../../src/feed/c1z/account-resource.ts';
import { snapshotSource } from '../../../src/feed/c1z/snapshot-source.ts';
import { writeC1z } from '../../../src/feed/c1z/write-c1z.ts';
import type { Account } from '../../../src/feed/model.ts';
import { openC1z, rows, type MessageTable } from './read-c1z.ts';
import {
  ADA,
  ANALYSTS,
  anAccount,
  BOB,
  bob,
  freshFolder,
  options,
  snapshotOf,
  type Workspace,
} from './samples.ts';

/** The messages of one table, decoded. */
async function readMessages(table: MessageTable, changes: Partial<Workspace> = {}) {
  const file = join(freshFolder(), 'sync.c1z');
  await writeC1z(snapshotSource(snapshotOf(changes)), options(file));
  return rows(openC1z(file), table).map(({ message }) => message);
}

async function toldOf(changes: Partial<Account>) {
  const [resource] = await readMessages('v1_resources', { accounts: [anAccount(changes)], grants: [] });
  return resource as {
    display_name: string;
    status: unknown;
    created_at?: unknown;
    profile: { fields: Record<string, unknown> };
    annotations: Record<string, unknown>[];
  };
}

describe('an account in a c1z file', () => {
  it('is a person with all data of the feed', async () => {
    const { profile, ...resource } = await toldOf({});
    const created = { seconds: Date.UTC(2026, 0, 2, 3, 4, 5) / 1_000, nanos: 678_000_000 };
    const status = { status: 1, details: 'active' };
    expect(resource).toEqual({
      id: { resource_type: 'account', resource: ADA },
      display_name: 'Ada Lovelace',
      status,
      created_at: created,
      annotations: [
        {
          '@type': 'c1.connector.v2.UserTrait',
          emails: [{ address: 'ada@example.com', is_primary: true }],
          status,
          profile,
          account_type: 1,
          login: 'ada@example.com',
          login_aliases: ['adal'],
          created_at: created,
          last_login: { seconds: Date.UTC(2026, 10, 20) / 1_000 },
          structured_name: { given: 'Ada', family: 'Lovelace' },
        },
        { '@type': 'c1.connector.v2.RawId', id: 'aaaa00000001' },
      ],
    });
  });
  it('has the state on Mode and what the IdP wants', async () => {
    const { profile } = await toldOf({
      state: 'invited',
      admin: false,
      delivery: { state: 'blocked', reason: 'No e-mail' },
    });
    expect(profile.fields).toEqual({
      delivery: { string_value: 'blocked' },
      delivery_reason: { string_value: 'No e-mail' },
      external_id: { string_value: '00u1' },
      first_name: { string_value: 'Ada' },
      last_name: { string_value: 'Lovelace' },
      user_id: { string_value: ADA },
      managed_by_mode_scim: { bool_value: false },
      mode_state: { string_value: 'invited' },
      mode_username: { string_value: 'adal' },
      owned_by_idp: { bool_value: true },
      user_name: { string_value: 'ada@example.com' },
      wanted_active: { bool_value: true },
      wanted_admin: { bool_value: true },
      workspace_admin: { bool_value: false },
    });
  });
  it.each([
    ['as the IdP sent them', {}, 'Ada', 'Lovelace'],
    ['one of them', { familyName: null }, 'Ada', ''],
    [
      'from the full name',
      { givenName: null, familyName: null, name: ' Ada  King Lovelace' },
      'Ada',
      'King Lovelace',
    ],
    ['empty when no name is known', { givenName: null, familyName: null, name: null }, '', ''],
  ])('has first name, last name and id as text: %s', async (_name, changes, first, last) => {
    const { fields } = (await toldOf(changes)).profile;
    expect(fields['first_name']).toEqual({ string_value: first });
    expect(fields['last_name']).toEqual({ string_value: last });
    expect(fields['user_id']).toEqual({ string_value: ADA });
  });
  it.each([
    ['active', 1],
    ['invited', 1],
    ['former', 2],
    ['absent', 3],
  ] as const)('%s on Mode has its own status, in both places', async (state, status) => {
    const { annotations, ...resource } = await toldOf({ state });
    expect(resource.status).toEqual({ status, details: state });
    expect(annotations[0]?.['status']).toEqual({ status, details: state });
  });
  it('of which only the address is known has it as name and login', async () => {
    const [, found] = await readMessages('v1_resources', { accounts: [anAccount(), bob] });
    expect(found).toMatchObject({ id: { resource: BOB }, display_name: 'bob@example.com' });
    const trait = (found?.['annotations'] as Record<string, unknown>[])[0];
    expect(trait).toMatchObject({ login: 'bob@example.com' });
    expect(trait).not.toHaveProperty('login_aliases');
    expect(trait).not.toHaveProperty('created_at');
    expect(trait).not.toHaveProperty('structured_name');
  });
});

describe('a grant in a c1z file', () => {
  it('is on Mode: a grant that is only wanted is not included', async () => {
    const ids = (await readMessages('v1_grants')).map(({ id }) => id);
    expect(ids).toContain(`role:admin:assigned:account:${ADA}`);
    expect(ids).not.toContain(`role:admin:assigned:account:${BOB}`);
  });
  it('of a group is also listed for each member', async () => {
    const ids = (await readMessages('v1_grants')).map(({ id }) => id);
    const view = 'collection:cccc00000001:view';
    expect(ids).toEqual([
      `${view}:account:${ADA}`,
      `${view}:account:${BOB}`,
      `data_source:dddd00000001:query:account:${BOB}`,
      `group:${ANALYSTS}:member:account:${ADA}`,
      `group:${ANALYSTS}:member:account:${BOB}`,
      `role:admin:assigned:account:${ADA}`,
      `${view}:group:${ANALYSTS}`,
    ]);
  });
  it('has the group through which the account has it', async () => {
    const found = (await readMessages('v1_grants')).find(
      ({ id }) => id === `collection:cccc00000001:view:account:${ADA}`,
    );
    expect(found?.['sources']).toEqual({ sources: { [`group:${ANALYSTS}:member`]: {} } });
    expect(found).not.toHaveProperty('annotations');
  });
  it('is marked if the IdP does not want it', async () => {
    const found = (await readMessages('v1_grants')).find(
      ({ id }) => id === `group:${ANALYSTS}:member:account:${BOB}`,
    );
    expect(found?.['annotations']).toEqual([
      {
        '@type': 'c1.connector.v2.GrantMetadata',
        metadata: { fields: { source: { string_value: 'outside_idp' } } },
      },
    ]);
  });
  it('is for accounts only, or also for groups, depending on the resource type', async () => {
    const entitlements = await readMessages('v1_entitlements');
    const holders = entitlements.map(({ slug, purpose, grantable_to: types }) => {
      return [slug, purpose, (types as { id: string }[]).map(({ id }) => id)];
    });
    expect(holders).toEqual([
      ['edit', 2, ['account', 'group']],
      ['view', 2, ['account', 'group']],
      ['query', 2, ['account', 'group']],
      ['member', 1, ['account']],
      ['assigned', 1, ['account']],
    ]);
  });
});

describe('resource types in a c1z file', () => {
  it('have only traits that readers know', async () => {
    const types = await readMessages('v1_resource_types');
    expect(types.map(({ id, traits }) => [id, traits])).toEqual([
      ['account', [1]],
      ['group', [2]],
      ['role', [3]],
      ['collection', undefined],
      ['data_source', undefined],
    ]);
  });
});

describe('a name', () => {
  it('is the first one that is not empty, else the id', () => {
    expect(nameOf('id', null, ' ', 'Ada')).toBe('Ada');
    expect(nameOf('id', null, '')).toBe('id');
  });
  it('is cut between characters to the length that readers accept', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 2_000 }), (name) => {
        fc.pre(name.trim() !== '');
        const cut = nameOf('id', name);
        expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(1_024);
        expect(name.startsWith(cut)).toBe(true);
        expect(Buffer.byteLength(cut)).toBeGreaterThan(Math.min(Buffer.byteLength(name), 1_024) - 4);
      }),
    );
  });
});
