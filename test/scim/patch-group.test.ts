import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MemberChange } from '../../src/directory/group/group.ts';
import { readGroupDocument } from '../../src/scim/codec/read-group.ts';
import { applyPatch } from '../../src/scim/patch/apply-patch.ts';
import { parsePatch } from '../../src/scim/patch/parse-patch.ts';
import { patchGroup } from '../../src/scim/patch/patch-group.ts';
import { groupSchema } from '../../src/scim/schema/resource-schema.ts';

const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';

function patched(...operations: unknown[]) {
  const { head, members } = patchGroup(parsePatch({ Operations: operations }));
  const { displayName, externalId } = readGroupDocument(
    applyPatch(groupSchema, { displayName: 'Old' }, head),
  );
  return { displayName, externalId, members };
}

const delta = (add: string[], remove: string[]): MemberChange => ({ kind: 'delta', add, remove });
const replace = (members: string[]): MemberChange => ({ kind: 'replace', members });

describe('a PATCH of a group', () => {
  it.each([
    [
      'Okta, with the id in the value',
      { op: 'replace', value: { id: '1', displayName: 'New' } },
      'New',
      null,
    ],
    ['Entra', { op: 'Replace', path: 'displayName', value: 'New' }, 'New', null],
    ['JumpCloud', { op: 'replace', value: { displayName: 'New' } }, 'New', null],
    ['an externalId', { op: 'replace', value: { externalId: 'guid' } }, 'Old', 'guid'],
    [
      'authentik: the whole group',
      { op: 'replace', value: { schemas: [GROUP], displayName: 'New', externalId: 'e', id: '1' } },
      'New',
      'e',
    ],
  ])('%s: changes the document and keeps the members', (_name, operation, displayName, externalId) => {
    expect(patched(operation)).toEqual({ displayName, externalId, members: undefined });
  });

  it.each<[string, unknown, MemberChange]>([
    ['Okta adds', { op: 'add', path: 'members', value: [{ value: 'u', display: 'u@x' }] }, delta(['u'], [])],
    ['Entra adds', { op: 'Add', path: 'members', value: [{ $ref: null, value: 'u' }] }, delta(['u'], [])],
    ['one object', { op: 'add', path: 'members', value: { value: 'u' } }, delta(['u'], [])],
    ['bare text', { op: 'add', path: 'members', value: 'u' }, delta(['u'], [])],
    ['without a path', { op: 'add', value: { members: [{ value: 'u' }] } }, delta(['u'], [])],
    [
      'replaced with null by a filter',
      { op: 'replace', path: 'members[value eq "u"]', value: null },
      delta([], ['u']),
    ],
    [
      'replaced with nothing by a filter',
      { op: 'replace', path: 'members[value eq "u"]', value: [] },
      delta([], ['u']),
    ],
    [
      'replaced without a value by a filter',
      { op: 'replace', path: 'members[value eq "u"]' },
      delta([], ['u']),
    ],
    ['added with the filter alone', { op: 'add', path: 'members[value eq "u"]' }, delta(['u'], [])],
    ['removed with a filter', { op: 'remove', path: 'members[value eq "u"]' }, delta([], ['u'])],
    [
      'removed with a value: only this member',
      { op: 'Remove', path: 'members', value: [{ value: 'u' }] },
      delta([], ['u']),
    ],
    ['all removed', { op: 'remove', path: 'members' }, replace([])],
    ['Push Now', { op: 'replace', path: 'members', value: [{ value: 'u' }, { value: 'u' }] }, replace(['u'])],
    ['Push Now of an empty group', { op: 'replace', path: 'members', value: [] }, replace([])],
    ['null empties', { op: 'replace', path: 'members', value: null }, replace([])],
    ['nothing empties', { op: 'replace', path: 'members' }, replace([])],
    ['null empties, without a path', { op: 'replace', value: { members: null } }, replace([])],
    [
      'in an object under the URN',
      { op: 'add', value: { [GROUP]: { members: [{ value: 'u' }] } } },
      delta(['u'], []),
    ],
    ['with the URN as a key', { op: 'add', value: { [`${GROUP}:members`]: ['u'] } }, delta(['u'], [])],
    [
      'with the URN in the path',
      { op: 'add', path: `${GROUP}:members`, value: [{ value: 'u' }] },
      delta(['u'], []),
    ],
  ])('%s', (_name, operation, members) => {
    expect(patched(operation)).toEqual({ displayName: 'Old', externalId: null, members });
  });

  it('an add and then a remove of the same user in one request removes the user', () => {
    const add = { op: 'add', path: 'members', value: [{ value: 'u' }] };
    expect(patched(add, { op: 'remove', path: 'members[value eq "u"]' }).members).toEqual(delta([], ['u']));
  });

  it.each([
    { op: 'add', path: 'members', value: null },
    { op: 'add', value: { members: null } },
    { op: 'add', path: 'members[value eq "u"]', value: null },
  ])('an add of null adds no member: %j', (operation) => {
    expect(patched(operation).members).toBeUndefined();
  });

  it('a removal that lists no members removes none', () => {
    expect(patched({ op: 'remove', path: 'members', value: [] }).members).toBeUndefined();
  });

  it.each([
    ['an empty name', { op: 'replace', path: 'displayName', value: '' }, 'invalid_value'],
    ['a member without an id', { op: 'add', path: 'members', value: [{ display: 'u' }] }, 'invalid_value'],
    ['the id as the path', { op: 'replace', path: 'id', value: '1' }, 'mutability'],
    [
      'a filter on another attribute of members',
      { op: 'remove', path: 'members[department eq "u"]' },
      'invalid_filter',
    ],
  ])('%s is rejected', (_name, operation, code) => {
    expect(() => patched(operation)).toThrow(expect.objectContaining({ code }) as Error);
  });

  it('folds any sequence into the same set as its operations one after the other', () => {
    const id = fc.constantFrom('a', 'b', 'c');
    const step = fc.oneof(
      fc.record({ op: fc.constant('add'), ids: fc.array(id) }),
      fc.record({ op: fc.constant('remove'), ids: fc.array(id, { minLength: 1 }) }),
      fc.record({ op: fc.constant('replace'), ids: fc.array(id) }),
    );
    fc.assert(
      fc.property(fc.uniqueArray(id), fc.array(step), (before, steps) => {
        const naive = new Set(before);
        for (const { op, ids } of steps) {
          if (op === 'replace') naive.clear();
          for (const each of ids) {
            if (op === 'remove') naive.delete(each);
            else naive.add(each);
          }
        }
        const operations = steps.map(({ op, ids }) => ({
          op,
          path: 'members',
          value: ids.map((value) => ({ value })),
        }));
        const change = patched(...operations).members ?? delta([], []);
        const after =
          change.kind === 'replace'
            ? new Set(change.members)
            : new Set([...before.filter((each) => !change.remove.includes(each)), ...change.add]);
        expect(after).toEqual(naive);
      }),
    );
  });
});
