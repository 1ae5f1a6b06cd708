import { describe, expect, it } from 'vitest';
import type { ModeApi } from '../../../src/targets/mode/mode-api.ts';
import { readPermissions } from '../../../src/targets/mode/reads/read-permissions.ts';
import { TargetError } from '../../../src/provisioning/ports/target.ts';

/** Responses by path. */
function modeWith(answers: Readonly<Record<string, unknown>>): ModeApi {
  return {
    workspace: 'acme',
    get: (path: string) => {
      const answer = answers[path];
      if (answer instanceof Error) return Promise.reject(answer);
      if (answer === undefined) return Promise.reject(new Error(`Nobody expected ${path}`));
      return Promise.resolve(answer);
    },
  } as unknown as ModeApi;
}

const SPACES = '/api/acme/spaces?filter=all&page=1&per_page=30';
const spaces = (...rows: readonly unknown[]) => ({
  _embedded: { spaces: rows },
  pagination: { total_pages: 1, total_count: rows.length },
});
const permissions = (...rows: readonly unknown[]) => ({ _embedded: { space_entitlements: rows } });
const finance = {
  token: 'aaaa00000001',
  name: 'Finance',
  space_type: 'custom',
  default_access_level: 'view',
};
const OF_FINANCE = '/api/acme/spaces/aaaa00000001/permissions';

describe('permissions of collections', () => {
  it('are read for people and groups, with the default access', async () => {
    const mode = modeWith({
      [SPACES]: spaces(finance),
      [OF_FINANCE]: permissions(
        { token: 'p1', action: 'edit', accessor_type: 'Account', accessor_token: 'm1' },
        { token: 'p2', action: 'view', accessor_type: 'UserGroup', accessor_token: 'g1' },
      ),
    });
    expect(await readPermissions(mode, 'collection')).toEqual({
      resources: [{ token: 'aaaa00000001', name: 'Finance', defaultAccess: 'view' }],
      permissions: [
        { resourceToken: 'aaaa00000001', action: 'edit', accessor: { kind: 'account', token: 'm1' } },
        { resourceToken: 'aaaa00000001', action: 'view', accessor: { kind: 'group', token: 'g1' } },
      ],
      unread: new Set(),
      notUnderstood: 0,
    });
  });

  it('are not read for private and deleted collections', async () => {
    const mode = modeWith({
      [SPACES]: spaces(
        { ...finance, space_type: 'private' },
        { ...finance, token: 'b', state: 'soft_deleted' },
      ),
    });
    expect(await readPermissions(mode, 'collection')).toMatchObject({ resources: [], permissions: [] });
  });

  it.each(['none', 'restricted', 'NONE', undefined, null])(
    'default access "%s" means none',
    async (level) => {
      const mode = modeWith({
        [SPACES]: spaces({ ...finance, default_access_level: level }),
        [OF_FINANCE]: permissions(),
      });
      const { resources } = await readPermissions(mode, 'collection');
      expect(resources[0]?.defaultAccess).toBeNull();
    },
  );

  it('may have the type "User" for a person, or only a link for a group; a row without a holder is counted', async () => {
    const mode = modeWith({
      [SPACES]: spaces(finance),
      [OF_FINANCE]: permissions(
        { action: 'view', accessor_type: 'User', accessor_token: 'm1' },
        { action: 'view', _links: { user_group: { href: '/api/acme/groups/g1' } } },
        { action: 'view', _links: { accessor: { href: '/api/acme/groups/g2' } } },
        { action: 'view', accessor_type: 'Account' },
        { accessor_type: 'Account', accessor_token: 'm2' },
        'nonsense',
      ),
    });
    const { permissions: read, unread, notUnderstood } = await readPermissions(mode, 'collection');
    expect(notUnderstood).toBe(3);
    // Such a row may be any known permission, so no permission of the collection is removed.
    expect([...unread]).toEqual(['aaaa00000001']);
    expect(read.map(({ accessor }) => `${accessor.kind} ${accessor.token}`)).toEqual([
      'account m1',
      'group g1',
      'group g2',
    ]);
  });

  it.each([
    [{ member_type: 'account', member_token: 'm1' }, 'account m1'],
    [{ member_type: 'User', member_token: 'm1' }, 'account m1'],
    [{ member_token: 'm1' }, 'account m1'],
    [{ member_type: 'UserGroup', member_token: 'g1' }, 'group g1'],
    [{ grantee_type: 'Account', grantee_token: 'm1' }, 'account m1'],
    [{ accessor_type: 'Account', accessor_token: 'm1', member_token: 'm2' }, 'account m1'],
  ])('have the holder %j, read as %s', async (holder, expected) => {
    const mode = modeWith({
      [SPACES]: spaces(finance),
      [OF_FINANCE]: permissions({ action: 'view', ...holder }),
    });
    const { permissions: read, notUnderstood } = await readPermissions(mode, 'collection');
    expect(read.map(({ accessor }) => `${accessor.kind} ${accessor.token}`)).toEqual([expected]);
    expect(notUnderstood).toBe(0);
  });

  it.each(['forbidden', 'not_found', 'refused'] as const)(
    'that cannot be read (%s) do not count as none',
    async (kind) => {
      const other = { ...finance, token: 'bbbb00000002', name: 'Other' };
      const mode = modeWith({
        [SPACES]: spaces(finance, other),
        [OF_FINANCE]: new TargetError(kind, 'no'),
        '/api/acme/spaces/bbbb00000002/permissions': permissions(),
      });
      const read = await readPermissions(mode, 'collection');
      expect(read.resources).toHaveLength(2);
      expect([...read.unread]).toEqual(['aaaa00000001']);
    },
  );

  it.each([
    ['an unavailable Mode', new TargetError('unavailable', 'down')],
    ['an answer without a list', { _links: {} }],
    ['an answer with two lists', { _embedded: { one: [], two: [] } }],
  ])('cannot be read from %s', async (_what, answer) => {
    const mode = modeWith({ [SPACES]: spaces(finance), [OF_FINANCE]: answer });
    await expect(readPermissions(mode, 'collection')).rejects.toThrow(TargetError);
  });

  it('cannot be read when the collections cannot be listed', async () => {
    const mode = modeWith({ [SPACES]: new TargetError('forbidden', 'not for this key') });
    await expect(readPermissions(mode, 'collection')).rejects.toThrow('not for this key');
  });
});

describe('permissions of data sources', () => {
  it('are read from one list without pages, whatever its name', async () => {
    const mode = modeWith({
      '/api/acme/data_sources': {
        _embedded: { data_sources: [{ token: 'dddd00000001', name: 'Warehouse' }] },
      },
      '/api/acme/data_sources/dddd00000001/permissions': {
        _embedded: {
          data_source_entitlements: [{ action: 'query', accessor_type: 'UserGroup', accessor_token: 'g1' }],
        },
      },
    });
    expect(await readPermissions(mode, 'data_source')).toEqual({
      resources: [{ token: 'dddd00000001', name: 'Warehouse', defaultAccess: null }],
      permissions: [
        { resourceToken: 'dddd00000001', action: 'query', accessor: { kind: 'group', token: 'g1' } },
      ],
      unread: new Set(),
      notUnderstood: 0,
    });
  });

  it('are not read for deleted ones, in any form of the flag', async () => {
    const mode = modeWith({
      '/api/acme/data_sources': {
        _embedded: {
          data_sources: [
            { token: 'd1', name: 'Old', soft_deleted: true },
            { token: 'd2', name: 'Older', soft_deleted: 'true' },
            { token: 'd3', name: 'Oldest', state: 'soft_deleted' },
            { token: 'd4', name: 'Warehouse', soft_deleted: false },
          ],
        },
      },
      '/api/acme/data_sources/d4/permissions': { _embedded: { data_source_entitlements: [] } },
    });
    const { resources } = await readPermissions(mode, 'data_source');
    expect(resources.map((one) => one.token)).toEqual(['d4']);
  });
});
