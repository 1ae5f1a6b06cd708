import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changedAttributes } from '../../src/directory/document.ts';

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const changed = (a: object, b: object) => [...changedAttributes(JSON.stringify(a), JSON.stringify(b))].sort();

describe('changed attributes', () => {
  it('have paths: sub-attributes of complex attributes, and attributes of extensions', () => {
    const before = {
      title: 'a',
      name: { givenName: 'a', familyName: 'b' },
      [ENTERPRISE]: { department: 'x' },
    };
    const after = {
      name: { givenName: 'a', familyName: 'c' },
      [ENTERPRISE]: { department: 'y' },
      nickName: 'n',
    };
    expect(changed(before, after)).toEqual(
      ['name.familyName', 'nickName', 'title', `${ENTERPRISE}:department`].sort(),
    );
  });

  it('are whole attributes if a list differs, or if a complex attribute is added or removed', () => {
    expect(changed({ emails: [{ value: 'a' }] }, { emails: [{ value: 'b' }] })).toEqual(['emails']);
    expect(changed({ name: { givenName: 'a' } }, {})).toEqual(['name']);
    expect(changed({ name: 'a' }, { name: { givenName: 'a' } })).toEqual(['name']);
    expect(changed({ toString: 'a' }, {})).toEqual(['toString']);
  });

  it('are none exactly if two documents have the same content, regardless of the order of their keys', () => {
    const json = fc.dictionary(fc.string({ maxLength: 4 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 5 });
    fc.assert(
      fc.property(json, json, (a, b) => {
        const turned = Object.fromEntries(Object.entries(a).reverse());
        expect(changed(a, turned)).toEqual([]);
        const same = JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
        expect(changed(a, b).length === 0).toBe(same);
      }),
    );
  });
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, inner]) => [`key ${key}`, sorted(inner)]);
}
