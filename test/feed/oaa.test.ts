import fc from 'fast-check';
import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { oaa } from '../../src/feed/encoders/oaa.ts';
import { feedFormat } from '../../src/feed/formats.ts';
import type { FeedSnapshot } from '../../src/feed/feed-snapshot.ts';
import { SLUGS } from '../../src/feed/model.ts';
import {
  ADA,
  ANALYSTS,
  aGrant,
  anAccount,
  BOB,
  bob,
  snapshotOf,
  WORKSPACE,
  BATCH_ITEMS,
} from './c1z/samples.ts';
import { OaaPayload, type OaaDocument } from './oaa-schema.ts';

async function pieces(snapshot: FeedSnapshot): Promise<string[]> {
  const all: string[] = [];
  for await (const piece of oaa.encode(snapshot)) all.push(String(piece));
  return all;
}

async function documentOf(changes: Parameters<typeof snapshotOf>[0] = {}): Promise<OaaDocument> {
  return JSON.parse((await pieces(snapshotOf(changes))).join('')) as OaaDocument;
}

const idsOf = (named: readonly { readonly id: string }[]) => named.map(({ id }) => id);

describe('the document for Veza', () => {
  it('is one of the formats of the feed', () => {
    expect(feedFormat('oaa')).toBe(oaa);
  });
  it('contains only fields of the template', async () => {
    expect([...Value.Errors(OaaPayload, await documentOf())]).toEqual([]);
  });
  it('is complete for a workspace without people', async () => {
    const empty = { accounts: [], groups: [], roles: [], resources: [], entitlements: [], grants: [] };
    const document = await documentOf(empty);
    expect([...Value.Errors(OaaPayload, document)]).toEqual([]);
    expect(document.identity_to_permissions).toEqual([]);
  });
  it('has the name of the workspace, and the time of the snapshot', async () => {
    const [application] = (await documentOf()).applications;
    expect(application).toMatchObject({
      name: 'Mode acme',
      application_type: 'Mode',
      custom_properties: { snapshot: 'snapshot-1', taken_at: '2026-11-21T10:00:00.250Z' },
    });
  });
  it('defines every property that it uses, with the type of its values', async () => {
    const document = await documentOf();
    const [defined] = document.custom_property_definition.applications;
    const [application] = document.applications;
    const used: [string, Record<string, unknown>[]][] = [
      ['application_properties', [application.custom_properties]],
      ['local_user_properties', application.local_users.map((user) => user.custom_properties)],
      ['local_group_properties', application.local_groups.map((group) => group.custom_properties)],
    ];
    for (const [kind, values] of used) {
      for (const [name, value] of values.flatMap((each) => Object.entries(each))) {
        const type = typeof value === 'boolean' ? ['BOOLEAN'] : ['STRING', 'TIMESTAMP'];
        expect(type).toContain(defined?.[kind]?.[name]);
      }
    }
  });
  it('refers only to items that it contains', async () => {
    const document = await documentOf();
    const [application] = document.applications;
    const groups = idsOf(application.local_groups);
    const permissions = document.permissions.map(({ name }) => name);
    for (const user of application.local_users)
      for (const group of user.groups) expect(groups).toContain(group);
    for (const role of application.local_roles)
      for (const each of role.permissions) expect(permissions).toContain(each);
    for (const entry of document.identity_to_permissions) {
      const identities =
        entry.identity_type === 'local_user' ? application.local_users : application.local_groups;
      expect(idsOf(identities)).toContain(entry.identity);
      for (const { permission, resources } of entry.application_permissions ?? []) {
        expect(permissions).toContain(permission);
        const types = document.permissions.find(({ name }) => name === permission)?.resource_types;
        for (const id of resources) {
          const resource = application.resources.find((each) => each.id === id);
          expect(types).toContain(resource?.resource_type);
        }
      }
      for (const { role } of entry.role_assignments ?? [])
        expect(idsOf(application.local_roles)).toContain(role);
    }
  });
  it('has each identity once, and no two items of a kind whose ids differ only in case', async () => {
    const document = await documentOf();
    const [application] = document.applications;
    const { local_users: users, local_groups: groups, local_roles: roles, resources } = application;
    const lists = [
      ...[users, groups, roles, resources].map(idsOf),
      document.permissions.map(({ name }) => name),
    ];
    lists.push(document.identity_to_permissions.map(({ identity }) => identity));
    for (const ids of lists) expect(new Set(ids.map((id) => id.toLowerCase())).size).toBe(ids.length);
  });
  it('is the same text for the same snapshot', async () => {
    expect((await pieces(snapshotOf())).join('')).toBe((await pieces(snapshotOf())).join(''));
  });
});

describe('a person in the document for Veza', () => {
  it('has every property of the template', async () => {
    const [user] = (await documentOf()).applications[0].local_users;
    expect(user).toEqual({
      id: ADA,
      name: 'Ada Lovelace',
      email: 'ada@example.com',
      identities: ['ada@example.com'],
      groups: [ANALYSTS],
      is_active: true,
      created_at: '2026-01-02T03:04:05.678Z',
      last_login_at: '2026-11-20T00:00:00.000Z',
      custom_properties: {
        mode_state: 'active',
        owned_by_idp: true,
        wanted_by_idp: true,
        managed_by_mode_scim: false,
      },
    });
  });
  it('has the e-mail instead of a missing name, and no times if Mode has none', async () => {
    const user = (await documentOf()).applications[0].local_users[1];
    expect(user).toMatchObject({ id: BOB, name: 'bob@example.com', is_active: false, groups: [ANALYSTS] });
    expect(user).not.toHaveProperty('created_at');
    expect(user).not.toHaveProperty('last_login_at');
  });
  it.each([
    ['active', true],
    ['invited', false],
    ['former', false],
    ['absent', false],
  ] as const)('%s on Mode: active is %s', async (state, isActive) => {
    const [user] = (await documentOf({ accounts: [anAccount({ state }), bob] })).applications[0].local_users;
    expect(user).toMatchObject({ is_active: isActive, custom_properties: { mode_state: state } });
  });
  it('without an address has no address', async () => {
    const accounts = [anAccount({ email: null }), bob];
    const [user] = (await documentOf({ accounts })).applications[0].local_users;
    expect(user).toMatchObject({ identities: [] });
    expect(user).not.toHaveProperty('email');
  });
});

describe('access in the document for Veza', () => {
  it('is what Mode has: a role for the workspace, and permissions for each resource; those of a group are listed for the group', async () => {
    expect((await documentOf()).identity_to_permissions).toEqual([
      {
        identity: ADA,
        identity_type: 'local_user',
        role_assignments: [
          { application: 'Mode acme', role: 'admin', apply_to_application: true, resources: [] },
        ],
      },
      {
        identity: BOB,
        identity_type: 'local_user',
        application_permissions: [
          {
            application: 'Mode acme',
            permission: 'Query data source',
            resources: ['data_source:dddd00000001'],
          },
        ],
      },
      {
        identity: ANALYSTS,
        identity_type: 'local_group',
        application_permissions: [
          { application: 'Mode acme', permission: 'View collection', resources: ['collection:cccc00000001'] },
        ],
      },
    ]);
  });
  it('does not include grants that are only wanted', async () => {
    const grants = WORKSPACE.grants.map((grant) => ({ ...grant, observed: false }));
    const document = await documentOf({ grants });
    expect(document.identity_to_permissions).toEqual([]);
    expect(document.applications[0].local_users.flatMap(({ groups }) => groups)).toEqual([]);
  });
  it('gathers the resources of one permission', async () => {
    const more = { type: 'collection', id: 'cccc00000002', name: 'Sales', defaultAccess: null } as const;
    const entitlement = {
      id: 'collection:cccc00000002:view',
      resourceType: 'collection',
      resourceId: 'cccc00000002',
      slug: 'view',
      name: 'View Sales',
      purpose: 'permission',
    } as const;
    const document = await documentOf({
      resources: [...WORKSPACE.resources, more],
      entitlements: [...WORKSPACE.entitlements, entitlement],
      grants: [aGrant('collection:cccc00000001:view'), aGrant('collection:cccc00000002:view')],
    });
    expect(document.identity_to_permissions).toMatchObject([
      { application_permissions: [{ resources: ['collection:cccc00000001', 'collection:cccc00000002'] }] },
    ]);
  });
  it('has a permission for every level that the feed knows', async () => {
    const { permissions } = await documentOf();
    for (const type of ['collection', 'data_source'] as const) {
      const known = permissions.filter((permission) => permission.resource_types.includes(type));
      expect(known.map(({ name }) => name.split(' ')[0]?.toLowerCase())).toEqual(SLUGS[type]);
    }
  });
  it('fails if a grant refers to something that is not in the snapshot', async () => {
    await expect(documentOf({ grants: [aGrant('group:gone:member')] })).rejects.toThrow(
      'not in the snapshot',
    );
    await expect(documentOf({ accounts: [bob] })).rejects.toThrow('not in the snapshot');
  });
  it('includes every membership on Mode, with its account', async () => {
    const pairs = fc.uniqueArray(fc.tuple(fc.nat(19), fc.nat(9)), { selector: String, maxLength: 120 });
    await fc.assert(
      fc.asyncProperty(pairs, async (members) => {
        const groups = Array.from({ length: 10 }, (_, each) => ({ ...WORKSPACE.groups[0], id: `g${each}` }));
        const grants = members
          .toSorted(([, a], [, b]) => a - b)
          .map(([account, group]) =>
            aGrant(`group:g${group}:member`, { principal: { type: 'account', id: `a${account}` } }),
          );
        const document = await documentOf({
          accounts: Array.from({ length: 20 }, (_, each) => anAccount({ id: `a${each}` })),
          groups: groups as (typeof WORKSPACE)['groups'],
          entitlements: groups.map(({ id }) => ({
            id: `group:${id}:member`,
            resourceType: 'group',
            resourceId: id,
            slug: 'member',
            name: id,
            purpose: 'assignment',
          })),
          grants,
        });
        for (const { id, groups: listed } of document.applications[0].local_users) {
          const expected = members
            .filter(([account]) => `a${account}` === id)
            .map(([, group]) => `g${group}`);
          expect(listed).toEqual(expected.toSorted());
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('a large workspace', () => {
  const accounts = Array.from({ length: 5_000 }, (_, each) =>
    anAccount({ id: `account-${each}`, name: `N ${each}` }),
  );

  it('is written in pieces of at most one batch of people', async () => {
    const all = await pieces(snapshotOf({ accounts, grants: [] }));
    const counts = all.map((piece) => piece.split('"is_active"').length - 1).filter((count) => count > 0);
    expect(Math.max(...counts)).toBeLessThanOrEqual(BATCH_ITEMS);
    expect((JSON.parse(all.join('')) as OaaDocument).applications[0].local_users).toHaveLength(5_000);
  });
  it('that exceeds one push to Veza is reported, with what to do', () => {
    expect(oaa.advice?.(100_000_000)).toBeNull();
    expect(oaa.advice?.(100_000_001)).toMatch(/100000001 bytes.*100000000.*GZIP/);
  });
});
