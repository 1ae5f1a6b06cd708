import { describe, expect, it } from 'vitest';
import type { ModeApi } from '../../../src/targets/mode/mode-api.ts';
import { readPermissions } from '../../../src/targets/mode/reads/read-permissions.ts';
import { TargetError } from '../../../src/provisioning/ports/target.ts';

/** Answers by address. */
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

describe('what collections allow', () => {
  it('is told by person and by group, with what everybody may do', async () => {
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

  it('is told of private and deleted collections to nobody: they are not asked for', async () => {
    const mode = modeWith({
      [SPACES]: spaces(
        { ...finance, space_type: 'private' },
        { ...finance, token: 'b', state: 'soft_deleted' },
      ),
    });
    expect(await readPermissions(mode, 'collection')).toMatchObject({ resources: [], permissions: [] });
  });

  it.each(['none', 'restricted', 'NONE', undefined, null])('"%s" for everybody is nothing', async (level) => {
    const mode = modeWith({
      [SPACES]: spaces({ ...finance, default_access_level: level }),
      [OF_FINANCE]: permissions(),
    });
    const { resources } = await readPermissions(mode, 'collection');
    expect(resources[0]?.defaultAccess).toBeNull();
  });

  it('may name a person "User", and a group by its link alone; a row that names nobody is counted', async () => {
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
    // Such a row may be any permission that was known: none of the collection is taken away.
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
  ])('is told of the holder %j as %s', async (holder, expected) => {
    const mode = modeWith({
      [SPACES]: spaces(finance),
      [OF_FINANCE]: permissions({ action: 'view', ...holder }),
    });
    const { permissions: read, notUnderstood } = await readPermissions(mode, 'collection');
    expect(read.map(({ accessor }) => `${accessor.kind} ${accessor.token}`)).toEqual([expected]);
    expect(notUnderstood).toBe(0);
  });

  it.each(['forbidden', 'not_found', 'refused'] as const)(
    'that Mode keeps back (%s) are not taken for none',
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
    ['a Mode that fails', new TargetError('unavailable', 'down')],
    ['an answer without a list', { _links: {} }],
    ['an answer with two lists', { _embedded: { one: [], two: [] } }],
  ])('are not told by %s', async (_what, answer) => {
    const mode = modeWith({ [SPACES]: spaces(finance), [OF_FINANCE]: answer });
    await expect(readPermissions(mode, 'collection')).rejects.toThrow(TargetError);
  });

  it('are not told when the collections cannot be listed', async () => {
    const mode = modeWith({ [SPACES]: new TargetError('forbidden', 'not for this key') });
    await expect(readPermissions(mode, 'collection')).rejects.toThrow('not for this key');
  });
});

describe('what data sources allow', () => {
  it('is read from one list that has no pages, whatever its name is', async () => {
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

  it('is told of none that is deleted, by whichever word', async () => {
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
