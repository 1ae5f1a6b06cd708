import { describe, expect, it } from 'vitest';
import type { DesiredUser } from '../../src/provisioning/model/desired.ts';
import { UNTRIED } from '../../src/provisioning/plan/available-capabilities.ts';
import type { ObservedMember } from '../../src/provisioning/model/observed.ts';
import { decidedUser } from './decided.ts';
import { matchUser, userState } from './user-state.ts';

function member(more: Partial<ObservedMember> = {}): ObservedMember {
  const tokens = { accountId: 't', membershipId: 'm', username: 'jane', email: 'jane@x.test' };
  return {
    ...tokens,
    name: null,
    state: 'active',
    admin: false,
    managedElsewhere: false,
    writtenAt: null,
    ...more,
  };
}

function plan(
  desired: Partial<DesiredUser>,
  candidates: ObservedMember[],
  adminCount = 2,
  protectedUsernames: string[] = [],
  more: Parameters<typeof userState>[2] = {},
) {
  const known = { id: 'u', owned: true, wanted: true, email: 'jane@x.test', name: 'Jane', admin: null };
  const user = { ...known, accountId: null, linkOrigin: null, ...desired };
  const state = userState(user, candidates, { adminCount, ...more });
  return decidedUser(state, { protectedUsernames: new Set(protectedUsernames) });
}

const types = (made: ReturnType<typeof plan>) => made.operations.map((operation) => operation.type);

describe('a person who is wanted', () => {
  it('and absent is invited, with the name', () => {
    const made = plan({}, []);
    expect(made.operations).toEqual([{ type: 'invite', email: 'jane@x.test', name: 'Jane', former: null }]);
    expect(made.waiting).not.toBeNull();
  });
  it('and a former member is invited again, under the same record', () => {
    const former = member({ state: 'former' });
    expect(plan({}, [former]).operations).toEqual([
      { type: 'invite', email: 'jane@x.test', name: 'Jane', former },
    ]);
  });
  it('and invited waits, and gets no second invite and no role', () => {
    const made = plan({ admin: true }, [member({ state: 'invited' })]);
    expect(made).toMatchObject({ operations: [], blocked: null, link: 't' });
    expect(made.waiting).not.toBeNull();
  });
  it('and active is linked and left alone', () => {
    expect(plan({}, [member()])).toEqual({
      operations: [],
      tasks: [],
      link: 't',
      blocked: null,
      waiting: null,
    });
  });
  it.each([
    [true, false, ['set_admin']],
    [false, true, ['set_admin']],
    [null, true, []],
    [true, true, []],
  ])('with admin %s on a member with admin %s: %s', (admin, has, expected) => {
    expect(types(plan({ admin }, [member({ admin: has })]))).toEqual(expected);
  });
  it('without an address is blocked', () => {
    expect(plan({ email: null }, []).blocked).toContain('no e-mail address');
  });
  it('with the address of somebody who was first is blocked, and the other one is not', () => {
    const other = (createdAt: number) => [matchUser({ id: 'o', userName: 'sam', createdAt })];
    for (const members of [[], [member()]]) {
      const second = plan({}, members, 2, [], { others: other(1) });
      expect(second).toMatchObject({ operations: [], link: null });
      expect(second.blocked).toContain('The user sam has the same e-mail');
      expect(plan({}, members, 2, [], { others: other(9) }).blocked).toBeNull();
    }
  });
  it('with the address of a user who has another account is invited', () => {
    const sam = matchUser({ id: 'o', userName: 'sam', createdAt: 1, link: { token: 't9', origin: 'auto' } });
    const account = member({ accountId: 't9', email: 'sam.old@x.test' });
    expect(types(plan({}, [account], 2, [], { others: [sam] }))).toEqual(['invite']);
  });
  it('does not get the account of a leaver, and is invited when that account is gone', () => {
    const leaver = { id: 'o', userName: 'old', wanted: false, leaving: true, createdAt: 1 } as const;
    const linked = matchUser({ ...leaver, link: { token: 't', origin: 'auto' } });
    for (const other of [linked, matchUser(leaver)]) {
      const made = plan({}, [member()], 2, [], { others: [other] });
      expect(made).toMatchObject({ operations: [], link: null });
      expect(made.blocked).toContain('who left and had the e-mail jane@x.test');
      const gone = plan({}, [member({ state: 'former' })], 2, [], { others: [{ ...other, leaving: false }] });
      expect(types(gone)).toEqual(['invite']);
    }
  });
  it('is not delayed by a user with the same address who was never wanted', () => {
    const never = matchUser({ id: 'o', wanted: false, createdAt: 1 });
    expect(plan({ admin: true }, [member()], 2, [], { others: [never] })).toMatchObject({ link: 't' });
  });
  it('and links an account that an operator refused to nothing, and invites nobody in its place', () => {
    const made = plan({}, [member()], 2, [], { own: { refused: new Set(['t']) } });
    expect(made).toMatchObject({ operations: [], link: null });
    expect(made.blocked).toContain('was dropped');
  });
  it('is not guessed when two members have the address', () => {
    const made = plan({}, [member(), member({ accountId: 't2' })]);
    expect(made.operations).toEqual([]);
    expect(made.blocked).toContain('2 members');
  });
});

describe('a person who is not wanted', () => {
  it.each(['active', 'invited'] as const)('and %s is removed', (state) => {
    expect(types(plan({ wanted: false }, [member({ state })]))).toEqual(['remove_member']);
  });
  it('and gone or former needs nothing', () => {
    expect(plan({ wanted: false }, []).operations).toEqual([]);
    expect(plan({ wanted: false }, [member({ state: 'former' })]).operations).toEqual([]);
  });
  it('is removed whatever the address says now, and nobody else is', () => {
    const manager = matchUser({ id: 'm', userName: 'boss', accountKey: 'boss@x.test', createdAt: 1 });
    const boss = member({ accountId: 'b', username: 'boss', email: 'boss@x.test' });
    const leaver = { wanted: false, email: 'boss@x.test', accountId: 't' };
    for (const others of [[manager], []]) {
      // Linked, and not: the account is looked for under the address that the IdP wanted last.
      for (const known of [leaver, { ...leaver, accountId: null }]) {
        const own = { accountKey: 'jane@x.test', leaving: true };
        expect(plan(known, [member(), boss], 2, [], { others, own }).operations).toEqual([
          { type: 'remove_member', member: member() },
        ]);
      }
    }
  });
  it('stays when the account is another user’s', () => {
    const owner = matchUser({ id: 'o', link: { token: 't', origin: 'auto' } });
    expect(plan({ wanted: false }, [member()], 2, [], { others: [owner] }).operations).toEqual([]);
  });
  it('that nobody ever pushed is left alone', () => {
    expect(plan({ wanted: false, owned: false }, [member()]).operations).toEqual([]);
  });
});

describe('nobody loses what would lock people out', () => {
  it.each([{ wanted: false }, { admin: false }])('the last admin stays one: %j', (desired) => {
    const made = plan(desired, [member({ admin: true })], 1);
    expect(made.operations).toEqual([]);
    expect(made.blocked).toContain('last admin');
  });
  it.each([{ wanted: false }, { admin: false }])('a protected account stays as it is: %j', (desired) => {
    const made = plan(desired, [member({ admin: true })], 5, ['jane']);
    expect(made.operations).toEqual([]);
    expect(made.blocked).toContain('protected');
  });
  it.each([{ wanted: false }, { admin: true }])(
    "a member of Mode's own SCIM is never written: %j",
    (desired) => {
      const made = plan(desired, [member({ managedElsewhere: true })]);
      expect(made.operations).toEqual([]);
      expect(made.blocked).toContain("Mode's own SCIM");
    },
  );
});

describe('an address that the IdP has taken back', () => {
  const wrong = member({ accountId: 'w', username: 'who', email: 'jnae@x.test', state: 'invited' });
  const link = { token: 'w', origin: 'invited' } as const;

  it('is withdrawn, linked or not, and the new address is invited', () => {
    for (const desired of [{}, { accountId: 'w', linkOrigin: link.origin }]) {
      const made = plan(desired, [wrong], 2, [], { takenBack: [wrong] });
      expect(made).toMatchObject({ link: null, blocked: null });
      expect(made.operations).toMatchObject([
        { type: 'remove_member', member: wrong },
        { type: 'invite', email: 'jane@x.test' },
      ]);
    }
  });
  it('that was accepted meanwhile is removed, and gets neither link nor role', () => {
    const came = { ...wrong, state: 'active' } as const;
    const own = { unaccepted: new Set(['jnae@x.test']) };
    const desired = { accountId: 'w', linkOrigin: link.origin, admin: true };
    expect(types(plan(desired, [came], 2, [], { takenBack: [came], own }))).toEqual([
      'remove_member',
      'invite',
    ]);
  });
  it('does not match an account that was accepted under it and has changed its address', () => {
    const came = { ...wrong, state: 'active' } as const;
    const made = plan({ accountId: 'w', linkOrigin: link.origin }, [came]);
    expect(made).toMatchObject({ link: 'w', blocked: null });
  });
  it('of a leaver is withdrawn too', () => {
    const made = plan({ wanted: false }, [member(), wrong], 2, [], { takenBack: [wrong] });
    expect(types(made)).toEqual(['remove_member', 'remove_member']);
  });
  it('is never withdrawn from a protected account or the last admin', () => {
    const came = { ...wrong, state: 'active', admin: true } as const;
    const protectedOne = plan({}, [came], 2, ['who'], { takenBack: [came] });
    const lastAdmin = plan({}, [came], 1, [], { takenBack: [came] });
    expect([protectedOne, lastAdmin].map(types)).toEqual([['invite'], ['invite']]);
    expect(protectedOne.blocked).toContain('is protected');
    expect(lastAdmin.blocked).toContain('last admin');
  });
});

describe('the address of an account', () => {
  const renamed = { email: 'jane.new@x.test', accountId: 't' };
  const owning = (desired: Partial<DesiredUser>, protectedUsernames: string[] = []) =>
    decidedUser(
      userState(
        {
          id: 'u',
          owned: true,
          wanted: true,
          name: null,
          admin: null,
          email: null,
          accountId: null,
          linkOrigin: null,
          ...desired,
        },
        [member()],
      ),
      { protectedUsernames: new Set(protectedUsernames) },
      { ...UNTRIED, ownsManaged: true },
    );

  it('that Mode had before is not rewritten until an operator has confirmed the link', () => {
    const made = owning({ ...renamed, linkOrigin: 'auto' });
    expect(made).toMatchObject({ operations: [], link: 't' });
    expect(made.blocked).toContain('"links set" confirms it');
    expect(types(owning({ ...renamed, linkOrigin: 'operator' }))).toEqual(['update_profile']);
  });
  it('that we invited is rewritten', () => {
    expect(types(owning({ ...renamed, linkOrigin: 'invited' }))).toEqual(['update_profile']);
  });
  it('of a protected account is never rewritten', () => {
    const made = owning({ ...renamed, linkOrigin: 'operator' }, ['jane']);
    expect(made).toMatchObject({ operations: [] });
    expect(made.blocked).toContain('API key');
  });
});
