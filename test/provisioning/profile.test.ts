import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffProfile, fillProfile, isEmptyChange, profileOf } from '../../src/provisioning/model/profile.ts';

const value = fc.option(fc.constantFrom('Jane', ' Jane ', 'JANE', 'Jane  Doe', 'jane@x.test', 'Jane@X.test'));
const profile = fc.record({ name: value, email: value });

describe('the difference of two profiles', () => {
  it('has the wanted values, and is empty once they are there', () => {
    fc.assert(
      fc.property(profile, profile, (wanted, has) => {
        const change = diffProfile(wanted, has);
        expect(wanted).toMatchObject(change);
        expect(diffProfile(wanted, { ...has, ...change })).toEqual({});
      }),
    );
  });

  it('has nothing that one side does not have', () => {
    fc.assert(
      fc.property(profile, profile, (wanted, has) => {
        for (const attribute of ['name', 'email'] as const)
          if (wanted[attribute] === null || has[attribute] === null)
            expect(diffProfile(wanted, has)[attribute]).toBeUndefined();
      }),
    );
  });

  it('ignores spaces and the case of an address, but not the case of a name', () => {
    const has = { name: 'Jane Doe', email: 'jane@x.test' };
    expect(isEmptyChange(diffProfile({ name: ' Jane  Doe', email: 'Jane@X.test ' }, has))).toBe(true);
    expect(diffProfile({ name: 'jane doe', email: null }, has)).toEqual({ name: 'jane doe' });
  });
});

it('a profile that is filled has a value wherever either had one, first of all its own', () => {
  fc.assert(
    fc.property(profile, profile, (first, second) => {
      const filled = fillProfile(first, second);
      expect(filled.name).toBe(first.name ?? second.name);
      expect(filled.email).toBe(first.email ?? second.email);
    }),
  );
});

it('the profile of a record has nothing else of it', () => {
  const record = { id: 'u', name: 'Jane', email: null };
  expect(profileOf(record)).toEqual({ name: 'Jane', email: null });
});
