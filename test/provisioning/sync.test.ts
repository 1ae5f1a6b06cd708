import { describe, expect, it } from 'vitest';
import { planKeys, recordKeys, stepKeys } from '../../src/provisioning/plan/lock-keys.ts';
import { isToBeRead, type GroupRead } from '../../src/provisioning/observe/group-reads.ts';
import { inviteStep, type Invite } from '../../src/provisioning/invite/invite.ts';
import type { ObservedMember } from '../../src/provisioning/model/observed.ts';
import type { Operation } from '../../src/provisioning/model/operation.ts';
import { nextInvitePoll, nextReadBack } from '../../src/worker/reading/read-schedule.ts';

const HOUR = 60 * 60_000;
const NOW = 1_000 * HOUR;

describe('the members of a group', () => {
  const read: GroupRead = {
    token: 'g',
    listed: 5,
    settled: 5,
    known: 5,
    readAt: NOW - HOUR,
    writtenAt: null,
  };

  it.each<[string, Partial<GroupRead>, boolean]>([
    ['are as they were', {}, false],
    ['were never read', { readAt: null }, true],
    ['have another count', { listed: 6 }, true],
    ['have the count that went with them, though another number is known', { settled: 5, known: 9 }, false],
    ['have the number that is known, since we wrote them', { listed: 9, settled: 5, known: 9 }, false],
    ['have no count', { listed: null }, true],
    ['were written by us since', { writtenAt: NOW }, true],
    ['were written by us before they were read', { writtenAt: NOW - 2 * HOUR }, false],
    ['were read a day ago', { readAt: NOW - 24 * HOUR }, true],
  ])('that %s', (_name, more, expected) => {
    expect(isToBeRead({ ...read, ...more }, NOW)).toBe(expected);
  });
});

describe('an invite', () => {
  const policy = { resendAfterMs: 24 * HOUR, maxSends: 2 };
  const sent: Invite = {
    email: 'a@x.test',
    state: 'pending',
    sends: 1,
    firstSentAt: NOW,
    sentAt: NOW,
    expiresAt: null,
    reason: null,
    userId: 'u',
  };

  it.each<[string, Invite | undefined, boolean, number, string]>([
    ['nobody sent', undefined, false, 0, 'send'],
    ['somebody else sent a moment ago', undefined, true, 0, 'wait'],
    ['is young', sent, true, 24 * HOUR - 1, 'wait'],
    ['is old', sent, true, 24 * HOUR, 'send'],
    ['is old and was sent often enough', { ...sent, sends: 2 }, true, 24 * HOUR, 'stuck'],
    ['ran out', { ...sent, state: 'expired' }, false, 0, 'send'],
    ['was refused', { ...sent, state: 'refused', sends: 0 }, false, 0, 'send'],
    ['was accepted, by somebody who left since', { ...sent, state: 'accepted' }, false, 0, 'send'],
    ['Mode does not list yet', { ...sent, state: 'sent' }, false, HOUR, 'wait'],
  ])('that %s', (_name, invite, listed, age, kind) => {
    expect(inviteStep(invite, listed, policy, NOW + age).kind).toBe(kind);
  });
});

describe('locks of an operation', () => {
  const jane: ObservedMember = {
    accountId: 't',
    membershipId: null,
    username: null,
    email: 'Jane@x.test',
    name: null,
    state: 'active',
    admin: true,
    managedElsewhere: false,
    writtenAt: null,
  };
  const plan = (operation: Operation) => planKeys([operation]);

  it.each<[string, Operation, readonly string[]]>([
    [
      'an admin who goes',
      { type: 'remove_member', member: jane },
      ['account:t', 'mail:jane@x.test', 'admins'],
    ],
    [
      'a member who goes',
      { type: 'remove_member', member: { ...jane, admin: false } },
      ['account:t', 'mail:jane@x.test'],
    ],
    [
      'an admin who is made',
      { type: 'set_admin', member: jane, admin: true },
      ['account:t', 'mail:jane@x.test'],
    ],
    [
      'an admin who is none any more',
      { type: 'set_admin', member: jane, admin: false },
      ['account:t', 'mail:jane@x.test', 'admins'],
    ],
    ['an invite', { type: 'invite', email: 'NEW@x.test', name: null, former: null }, ['mail:new@x.test']],
    ['the name of a new group', { type: 'create_group', name: 'Team' }, ['name:Team']],
    [
      'the name of a group that goes',
      { type: 'delete_group', targetGroupId: 'g', name: 'Team' },
      ['name:Team'],
    ],
  ])('%s', (_name, operation, keys) => {
    expect(plan(operation)).toEqual(keys);
  });

  it('one step of a group holds the group and the person, and nothing while others are planned', () => {
    const step: Operation = { type: 'add_group_member', targetGroupId: 'g', accountId: 't' };
    expect(plan(step)).toEqual([]);
    expect(stepKeys(step)).toEqual(['group:g', 'account:t']);
    expect(recordKeys(step)).toEqual([]);
  });
});

describe('Mode is read again', () => {
  it('soon after a write when there is nothing else to do, and a minute later when there is', () => {
    expect(nextReadBack(NOW, false)).toBe(NOW);
    expect(nextReadBack(NOW, true)).toBe(NOW + 60_000);
  });
  it('for invites ever more seldom, and not before other work', () => {
    expect(nextInvitePoll(NOW, NOW, false)).toBe(NOW + 1_000);
    expect(nextInvitePoll(NOW, NOW, true)).toBe(NOW + 60_000);
    expect(nextInvitePoll(NOW, NOW - HOUR, false)).toBe(NOW + 5 * 60_000);
  });
});
