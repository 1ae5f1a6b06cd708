import { describe, expect, it } from 'vitest';
import { adoptionReport, whyNotAdopted } from '../../src/provisioning/plan/adoption.ts';
import type { ObservedMember } from '../../src/provisioning/model/observed.ts';

function member(email: string, more: Partial<ObservedMember> = {}): ObservedMember {
  return {
    accountId: `t-${email}`,
    membershipId: null,
    username: null,
    email,
    name: null,
    state: 'active',
    admin: false,
    managedElsewhere: false,
    writtenAt: null,
    ...more,
  };
}
const group = (name: string, writable = true) => ({ token: `g-${name}`, name, writable, writtenAt: null });

describe('adoption by a first push', () => {
  const members = [
    member('jane@x.test'),
    member('Sam@X.test'),
    member('kim+mode@x.test'),
    member('twin@x.test', { accountId: 'one' }),
    member('Twin@x.test', { accountId: 'two' }),
    member('scim@x.test', { managedElsewhere: true }),
    member('gone@x.test', { state: 'former' }),
  ];
  const groups = [
    group('Data'),
    group('Sales', false),
    group('Finance '),
    { ...group('Twice'), token: '1' },
    group('Twice'),
  ];

  it.each([
    ['jane@x.test', 'exact'],
    ['sam@x.test', 'case_differs'],
    ['kim@x.test', 'alias'],
    ['twin@x.test', 'two'],
    ['scim@x.test', 'managed'],
    ['gone@x.test', 'none'],
    ['new@x.test', 'none'],
  ])('of the member %s is told as %s', (email, of) => {
    expect(adoptionReport({ emails: [email], groups: [] }, { members, groups })).toMatchObject([
      { kind: 'user', name: email, class: of },
    ]);
  });

  it.each([
    ['Data', 'exact'],
    ['data', 'case_differs'],
    ['Finance', 'case_differs'],
    ['Sales', 'managed'],
    ['Twice', 'two'],
    ['New', 'none'],
  ])('of the group %s is told as %s', (name, of) => {
    expect(adoptionReport({ emails: [], groups: [name] }, { members, groups })).toMatchObject([
      { kind: 'group', name, class: of },
    ]);
  });

  it('names the matches in Mode, so that people can decide', () => {
    const [item] = adoptionReport({ emails: ['twin@x.test'], groups: [] }, { members, groups });
    expect(item?.onMode.map((found) => found.token)).toEqual(['one', 'two']);
  });
});

describe('existing accounts and groups of Mode', () => {
  const candidate = { token: 't', linked: null, ours: false, refused: undefined };

  it('is taken over by itself, unless adoption is off', () => {
    expect(whyNotAdopted(candidate)).toBeNull();
    expect(whyNotAdopted(candidate, 'off')).toBe('adoption off');
    expect(whyNotAdopted({ ...candidate, linked: 't' }, 'off')).toBeNull();
    expect(whyNotAdopted({ ...candidate, ours: true }, 'off')).toBeNull();
    expect(whyNotAdopted({ ...candidate, token: null }, 'off')).toBeNull();
  });

  it('is not taken over again after its link was dropped', () => {
    expect(whyNotAdopted({ ...candidate, refused: new Set(['t']) })).toContain('dropped');
    expect(whyNotAdopted({ ...candidate, refused: new Set(['other']) })).toBeNull();
  });
});
