/** Inputs whose parsing once took exponential time. With that bug, each of these tests would time out. */
import { describe, expect, it } from 'vitest';
import { adoptionReport } from '../../src/provisioning/plan/adoption.ts';
import { readProjection } from '../../src/scim/codec/projection.ts';
import { readEntityTags } from '../../src/scim/preconditions.ts';

describe('untrusted input', () => {
  it('a list of entity tags with a stray letter is rejected fast', () => {
    expect(() => readEntityTags(`${'W/"1" '.repeat(160)}x`)).toThrow('An entity tag must be');
    expect(() => readEntityTags('"1",'.repeat(26) + 'x')).toThrow('An entity tag must be');
  });

  it('entity tags can be separated by commas, blanks or nothing', () => {
    const guard = readEntityTags('W/"3" , "4""5",W/"not ours"');
    expect([2, 3, 4, 5, 6].map((version) => guard?.(version))).toEqual([false, true, true, true, false]);
  });

  it('a list of attributes with many brackets is parsed fast', () => {
    expect(() => readProjection('['.repeat(4_096), undefined)).toThrow('A bracket is not closed');
    expect(() => readProjection('emails[type eq "a,]"', undefined)).toThrow();
    expect(readProjection('a,emails[type eq "x,y]"].value,b', undefined).attributes).toMatchObject([
      { path: 'a' },
      { path: 'emails', part: 'value' },
      { path: 'b' },
    ]);
  });

  it('an address with many plus signs is compared fast', () => {
    const plusses = '+'.repeat(60_000);
    const jane = {
      accountId: 'jane',
      membershipId: 'm',
      username: 'jane',
      email: 'jane+work@example.com',
      name: null,
      state: 'active',
      admin: false,
      managedElsewhere: false,
      writtenAt: 0,
    } as const;
    const wanted = { emails: [plusses, 'jane+home@example.com'], groups: [] };
    const report = adoptionReport(wanted, { members: [jane], groups: [] });
    expect(report.map((item) => item.class)).toEqual(['none', 'alias']);
  });
});
