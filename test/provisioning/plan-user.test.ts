import { describe, expect, it } from 'vitest';
import type { DesiredUser } from '../../src/provisioning/desired.ts';
import type { ObservedMember } from '../../src/provisioning/observed.ts';
import { planUser } from '../../src/provisioning/plan-user.ts';

function member(more: Partial<ObservedMember> = {}): ObservedMember {
  const tokens = { memberToken: 't', membershipToken: 'm', username: 'jane', email: 'jane@x.test' };
  return {
    ...tokens,
    name: null,
    state: 'active',
    admin: false,
    managedByScim: false,
    writtenAt: null,
    ...more,
  };
}

function plan(
  desired: Partial<DesiredUser>,
  candidates: ObservedMember[],
  adminCount = 2,
  protectedUsernames: string[] = [],
) {
  const known = { id: 'u', owned: true, wanted: true, email: 'jane@x.test', fullName: 'Jane', admin: null };
  const state = { desired: { ...known, memberToken: null, rival: null, ...desired }, candidates, adminCount };
  return planUser(state, { protectedUsernames: new Set(protectedUsernames) });
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
    expect(plan({ rival: { userName: 'sam', first: true } }, [member()])).toMatchObject({
      operations: [],
      link: null,
    });
    expect(plan({ rival: { userName: 'sam', first: false } }, [member()]).blocked).toBeNull();
  });
  it("is nobody's guess when two members have the address", () => {
    const made = plan({}, [member(), member({ memberToken: 't2' })]);
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
  it('stays when somebody else stands for the same person now', () => {
    expect(plan({ wanted: false, rival: { userName: 'jane', first: false } }, [member()]).operations).toEqual(
      [],
    );
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
      const made = plan(desired, [member({ managedByScim: true })]);
      expect(made.operations).toEqual([]);
      expect(made.blocked).toContain("Mode's own SCIM");
    },
  );
});
