import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_REMOVALS } from '../../src/provisioning/gate/breaker.ts';
import { isApprovable } from '../../src/provisioning/gate/never-lock-out.ts';
import { gate, type Window } from '../../src/provisioning/gate/gate.ts';
import type { ObservedMember } from '../../src/provisioning/model/observed.ts';
import type { Operation } from '../../src/provisioning/model/operation.ts';
import type { Plan } from '../../src/provisioning/plan/plan.ts';
import { reason } from '../../src/provisioning/reason/reason.ts';

const owner: ObservedMember = {
  accountId: 't',
  membershipId: 'm',
  username: 'owner',
  email: 'owner@x.test',
  name: null,
  state: 'active',
  admin: true,
  managedElsewhere: false,
  writtenAt: null,
};
const other = { ...owner, accountId: 'o', username: 'other' };
const NOBODY = { protectedUsernames: new Set<string>() };
const OWNER = { protectedUsernames: new Set(['owner']) };
const LIVE: Window = { connection: 'live', adminCount: 2, memberCount: null, removals: NO_REMOVALS };
const planOf = (...operations: Operation[]): Plan => ({ operations, link: 't', blocked: [], waiting: [] });

const operation = fc.oneof(
  fc.constantFrom(owner, other).map((member): Operation => ({ type: 'remove_member', member })),
  fc.tuple(fc.constantFrom(owner, other), fc.boolean()).map(([member, admin]): Operation => {
    return { type: 'set_admin', member, admin };
  }),
  fc
    .tuple(
      fc.constantFrom(owner, other),
      fc.constantFrom({ name: 'N' }, { email: 'n@x.test' }, { name: 'N', email: 'n@x.test' }),
    )
    .map(([member, change]): Operation => ({ type: 'update_profile', member, change })),
  fc.constant<Operation>({ type: 'invite', email: 'n@x.test', name: null, former: null }),
  fc.constant<Operation>({ type: 'create_group', name: 'G' }),
  fc.constant<Operation>({ type: 'adopt_group', targetGroupId: 'g', name: 'G' }),
  fc.constant<Operation>({ type: 'delete_group', targetGroupId: 'g', name: 'G' }),
  fc.constant<Operation>({ type: 'add_group_member', targetGroupId: 'g', accountId: 't' }),
);
const operations = fc.array(operation, { maxLength: 6 });

describe('the gate', () => {
  it('lets everything of a live connection through, in order', () => {
    fc.assert(
      fc.property(operations, (wanted) => {
        const passed = gate(planOf(...wanted), NOBODY, LIVE);
        expect(passed).toMatchObject({ operations: wanted, held: [], onHold: false });
      }),
    );
  });

  it.each([
    ['shadow', 'connection_shadow'],
    ['paused', 'connection_paused'],
  ] as const)('holds everything of a connection in the state %s', (state, code) => {
    fc.assert(
      fc.property(operations, (wanted) => {
        const { held, ...passed } = gate(planOf(...wanted), OWNER, { ...LIVE, connection: state });
        expect(passed).toMatchObject({ operations: [], onHold: wanted.length > 0 });
        expect(held).toEqual(wanted.map((each) => ({ operation: each, reason: reason(code) })));
      }),
    );
  });

  it('never lets an operation through that removes, demotes or renames a protected account', () => {
    fc.assert(
      fc.property(operations, (wanted) => {
        const passed = gate(planOf(...wanted), OWNER, LIVE);
        const harms = passed.operations.filter(
          (each) =>
            'member' in each &&
            each.member === owner &&
            (each.type === 'remove_member' ||
              (each.type === 'set_admin' && !each.admin) ||
              (each.type === 'update_profile' && each.change.email !== undefined)),
        );
        expect(harms).toEqual([]);
      }),
    );
  });

  it('loses no operation: each one runs, is held, or both in part', () => {
    fc.assert(
      fc.property(operations, fc.constantFrom('live', 'shadow', 'paused'), (wanted, state) => {
        const { operations: run, held } = gate(planOf(...wanted), OWNER, { ...LIVE, connection: state });
        for (const each of wanted) {
          const known = [...run, ...held.map((one) => one.operation)];
          expect(known.some((one) => one.type === each.type)).toBe(true);
        }
        expect(run.length + held.length).toBeGreaterThanOrEqual(wanted.length);
      }),
    );
  });

  it('lets the name of a protected account through, and holds its address', () => {
    const change = { name: 'N', email: 'n@x.test' };
    const both: Operation = { type: 'update_profile', member: owner, change };
    const { operations: run, held } = gate(planOf(both), OWNER, LIVE);
    expect(run).toEqual([{ ...both, change: { name: 'N' } }]);
    expect(held).toMatchObject([{ reason: { code: 'address_of_protected_account' } }]);
  });

  it.each([
    ['the last admin', { adminCount: 1 }, NOBODY, 'last_admin'],
    [
      'somebody whom a setting protects',
      {},
      { ...NOBODY, protectedEmails: new Set(['owner@x.test']) },
      'protected_person',
    ],
  ] as const)('never lets through what removes, demotes or re-addresses %s', (_who, more, policy, code) => {
    const losing: Operation[] = [
      { type: 'remove_member', member: { ...owner, email: 'Owner@x.test' } },
      { type: 'set_admin', member: owner, admin: false },
      { type: 'update_profile', member: owner, change: { email: 'n@x.test' } },
    ];
    const { operations: run, held } = gate(planOf(...losing), policy, { ...LIVE, ...more });
    expect(run).toEqual([]);
    expect(held.map((one) => one.reason.code)).toEqual([code, code, `address_of_${code}`]);
    expect(held.some((one) => isApprovable(one.reason))).toBe(false);
  });

  it('holds new invites at the limit of members, and not the ones that are sent again', () => {
    const first: Operation = { type: 'invite', email: 'n@x.test', name: null, former: null };
    const again: Operation = { ...first, former: { ...other, state: 'invited' } };
    const full = { ...LIVE, memberCount: 3 };
    const { operations: run, waiting } = gate(planOf(first, again), { ...NOBODY, maxMembers: 3 }, full);
    expect(run).toEqual([again]);
    expect(waiting.map(({ code }) => code)).toEqual(['member_limit']);
  });
});
