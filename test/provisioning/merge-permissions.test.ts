import { describe, expect, it } from 'vitest';
import { mergePermissions } from '../../src/provisioning/observe/merge-permissions.ts';
import type { ObservedPermission, ReadPermissions } from '../../src/provisioning/model/permission.ts';
import { ShortReadError } from '../../src/provisioning/observe/short-read.ts';

const sales = { token: 'sales', name: 'Sales', defaultAccess: null };
const ops = { token: 'ops', name: 'Ops', defaultAccess: 'view' };
const permits = (resourceToken: string, token: string, action = 'view'): ObservedPermission => {
  return { resourceToken, action, accessor: { kind: 'account', token } };
};
const read = (more: Partial<ReadPermissions>): ReadPermissions => {
  return { resources: [sales, ops], permissions: [], unread: new Set(), notUnderstood: 0, ...more };
};
const many = (count: number) =>
  Array.from({ length: count }, (_none, index) => permits('sales', `m${index}`));

describe('what resources allow', () => {
  const before = { resources: [sales, ops], permissions: [permits('sales', 'ada'), permits('ops', 'bob')] };

  it('is as it was when the read is the same', () => {
    expect(mergePermissions(before, read({ permissions: before.permissions }))).toEqual({
      upsert: [],
      remove: [],
      granted: [],
      revoked: [],
    });
  });

  it('is what the read shows: new, revoked and changed permissions', () => {
    const merged = mergePermissions(
      before,
      read({ permissions: [permits('sales', 'ada', 'edit'), permits('ops', 'bob')] }),
    );
    expect(merged.granted).toEqual([permits('sales', 'ada', 'edit')]);
    expect(merged.revoked).toEqual([permits('sales', 'ada')]);
  });

  it('of an unread resource stays, and of a deleted resource is revoked', () => {
    const unread = mergePermissions(
      before,
      read({ permissions: [permits('ops', 'bob')], unread: new Set(['sales']) }),
    );
    expect(unread.revoked).toEqual([]);
    const gone = mergePermissions(before, read({ resources: [ops], permissions: [permits('ops', 'bob')] }));
    expect(gone).toMatchObject({ remove: ['sales'], revoked: [permits('sales', 'ada')] });
  });

  it('reports a resource again when its name or default access changes', () => {
    const renamed = { ...sales, name: 'Revenue' };
    const opened = { ...ops, defaultAccess: 'edit' };
    const merged = mergePermissions(
      before,
      read({ resources: [renamed, opened], permissions: before.permissions }),
    );
    expect(merged.upsert).toEqual([renamed, opened]);
  });

  it('ignores an empty or short read until it is accepted as complete', () => {
    const empty = read({ resources: [], permissions: [] });
    expect(() => mergePermissions(before, empty)).toThrow(ShortReadError);
    expect(mergePermissions(before, empty, true).remove).toEqual(['sales', 'ops']);
    const full = { resources: [sales], permissions: many(20) };
    const few = read({ resources: [sales], permissions: many(9) });
    expect(() => mergePermissions(full, few)).toThrow(/11 of 20 permissions/);
    expect(mergePermissions(full, few, true).revoked).toHaveLength(11);
  });
});
