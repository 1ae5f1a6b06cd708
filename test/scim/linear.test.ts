/** Text from outside that once took a time that doubled with every few characters. Each would run into the test's limit. */
import { describe, expect, it } from 'vitest';
import { adoptionReport } from '../../src/provisioning/plan/adoption.ts';
import { readProjection } from '../../src/scim/codec/projection.ts';
import { readEntityTags } from '../../src/scim/preconditions.ts';

describe('what a stranger sends', () => {
  it('a list of entity tags with a stray letter is refused at once', () => {
    expect(() => readEntityTags(`${'W/"1" '.repeat(160)}x`)).toThrow('An entity tag must be');
    expect(() => readEntityTags('"1",'.repeat(26) + 'x')).toThrow('An entity tag must be');
  });

  it('entity tags are read with commas, blanks or nothing between them', () => {
    const guard = readEntityTags('W/"3" , "4""5",W/"not ours"');
    expect([2, 3, 4, 5, 6].map((version) => guard?.(version))).toEqual([false, true, true, true, false]);
  });

  it('a list of attributes that is made of brackets is read at once', () => {
    expect(() => readProjection('['.repeat(4_096), undefined)).toThrow('A bracket is not closed');
    expect(() => readProjection('emails[type eq "a,]"', undefined)).toThrow();
    expect(readProjection('a,emails[type eq "x,y]"].value,b', undefined).attributes).toMatchObject([
      { path: 'a' },
      { path: 'emails', part: 'value' },
      { path: 'b' },
    ]);
  });

  it('an address made of plus signs is compared at once', () => {
    const plusses = '+'.repeat(60_000);
    const jane = {
      memberToken: 'jane',
      membershipToken: 'm',
      username: 'jane',
      email: 'jane+work@example.com',
      name: null,
      state: 'active',
      admin: false,
      managedByScim: false,
      writtenAt: 0,
    } as const;
    const wanted = { emails: [plusses, 'jane+home@example.com'], groups: [] };
    const report = adoptionReport(wanted, { members: [jane], groups: [] });
    expect(report.map((item) => item.class)).toEqual(['none', 'alias']);
  });
});
