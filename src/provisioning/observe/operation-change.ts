/**
 * The change log entry for one operation: what the bridge asked of the target, and the answer. Pure. It is written in
 * the same transaction as the result of the operation.
 */
import type { ChangeDraft, OperationSummary } from '../../directory/change.ts';
import type { Subject } from '../../directory/subject.ts';
import type { ObservedMember } from '../model/observed.ts';
import type { Operation } from '../model/operation.ts';
import { PROFILE_ATTRIBUTES, type Profile } from '../model/profile.ts';
import { nameOf } from '../plan/name-of.ts';
import type { Applied, TargetError, TargetErrorKind } from '../ports/target.ts';

/** The names of accounts and groups of which an operation has only the id. */
export interface OperationNames {
  readonly accounts: ReadonlyMap<string, string>;
  readonly groups: ReadonlyMap<string, string>;
}

export const NO_NAMES: OperationNames = { accounts: new Map(), groups: new Map() };

/** Such a call has changed nothing and is repeated until the target accepts it, so it would fill the log. */
const NOT_LOGGED: ReadonlySet<TargetErrorKind> = new Set(['rate_limited', 'unauthorized']);

/** @param applied the target's answer, which may have new ids */
export function operationApplied(
  operation: Operation,
  applied: Applied,
  subject: Subject,
  names: OperationNames = NO_NAMES,
): ChangeDraft {
  const summary = summaryOf(operation, names);
  const { accountId = null, targetGroupId = null } = applied;
  const ids = {
    memberToken: summary.memberToken ?? (operation.type === 'invite' ? accountId : null),
    groupToken: summary.groupToken ?? targetGroupId,
  };
  return { kind: 'operation.applied', subject, data: { ...summary, ...ids } };
}

/** @returns nothing for an answer that is not logged */
export function operationRefused(
  operation: Operation,
  { kind, message }: TargetError,
  subject: Subject,
  names: OperationNames = NO_NAMES,
): readonly ChangeDraft[] {
  if (NOT_LOGGED.has(kind)) return [];
  const data = { ...summaryOf(operation, names), answer: kind, message };
  return [{ kind: 'operation.refused', subject, data }];
}

function summaryOf(operation: Operation, names: OperationNames): OperationSummary {
  const { type } = operation;
  switch (type) {
    case 'invite': {
      const { former, email } = operation;
      const changed = { state: { from: former?.state ?? null, to: 'invited' }, ...newValues(operation) };
      return { operation: type, ...aboutPerson(former?.accountId ?? null, email), changed };
    }
    case 'remove_member': {
      const { state, admin } = operation.member;
      // The role ends with the membership.
      const role = admin ? { admin: { from: true, to: false } } : {};
      return {
        operation: type,
        ...ofMember(operation.member),
        changed: { state: { from: state, to: 'former' }, ...role },
      };
    }
    case 'set_admin': {
      const changed = { admin: { from: operation.member.admin, to: operation.admin } };
      return { operation: type, ...ofMember(operation.member), changed };
    }
    case 'update_profile': {
      const { member, change } = operation;
      const changed = Object.fromEntries(
        PROFILE_ATTRIBUTES.flatMap((attribute) => {
          const value = change[attribute];
          return value === undefined ? [] : [[attribute, { from: member[attribute], to: value }]];
        }),
      );
      return { operation: type, ...ofMember(member), changed };
    }
    case 'create_group':
      return { operation: type, ...aboutGroup(null, operation.name), changed: named(null, operation.name) };
    case 'adopt_group':
      return { operation: type, ...aboutGroup(operation.targetGroupId, operation.name), changed: {} };
    case 'rename_group': {
      const { targetGroupId, from, name } = operation;
      return { operation: type, ...aboutGroup(targetGroupId, name), changed: named(from, name) };
    }
    case 'delete_group': {
      const { targetGroupId, name } = operation;
      return { operation: type, ...aboutGroup(targetGroupId, name), changed: named(name, null) };
    }
    case 'add_group_member':
    case 'remove_group_member': {
      const { accountId, targetGroupId } = operation;
      const isAdded = type === 'add_group_member';
      return {
        operation: type,
        memberToken: accountId,
        groupToken: targetGroupId,
        person: names.accounts.get(accountId) ?? null,
        group: names.groups.get(targetGroupId) ?? null,
        changed: { member: { from: !isAdded, to: isAdded } },
      };
    }
  }
}

function ofMember(member: ObservedMember) {
  return aboutPerson(member.accountId, nameOf(member));
}

function aboutPerson(memberToken: string | null, person: string) {
  return { memberToken, groupToken: null, person, group: null };
}

function aboutGroup(groupToken: string | null, group: string) {
  return { memberToken: null, groupToken, person: null, group };
}

function named(from: string | null, to: string | null) {
  return { name: { from, to } };
}

function newValues(profile: Profile) {
  return Object.fromEntries(
    PROFILE_ATTRIBUTES.map((attribute) => [attribute, { from: null, to: profile[attribute] }] as const),
  );
}
