/** Describes the operations of a task for a person, and finds the page for them. Pure. */
import type { Operation } from '../model/operation.ts';
import { reason, type Reason } from '../reason/reason.ts';
import { nameOf } from './name-of.ts';
import type { TaskPlace } from './task.ts';

/** The maximum number of names; the rest is counted. */
const MAX_NAMES = 20;

export interface NamesOf {
  readonly account: (accountId: string) => string;
  readonly group: (targetGroupId: string) => string;
}

const TOKENS: NamesOf = { account: (token) => token, group: (token) => token };

export interface Description {
  /** One sentence for each operation; one for all changes of a group's members. */
  readonly what: readonly Reason[];
  readonly place: TaskPlace;
}

/** @param operations at least one, all of the same action */
export function describeTask(operations: readonly Operation[], names: NamesOf = TOKENS): Description {
  const [first] = operations;
  if (first === undefined) throw new Error('A task needs an operation.');
  if (first.type === 'add_group_member' || first.type === 'remove_group_member') {
    const { targetGroupId } = first;
    const group = names.group(targetGroupId);
    const what = [reason('task_set_group_members', { group, changes: changesOf(operations, names) })];
    return { what, place: { kind: 'group', targetGroupId } };
  }
  return { what: operations.flatMap(sentenceOf), place: placeOf(first) };
}

function sentenceOf(operation: Operation): Reason | [] {
  switch (operation.type) {
    case 'invite': {
      const { email, former } = operation;
      if (former === null) return reason('task_invite', { email });
      return reason(former.state === 'invited' ? 'task_reinvite' : 'task_reinstate', { email });
    }
    case 'remove_member': {
      const { member } = operation;
      return reason('task_remove_member', { account: nameOf(member), state: member.state });
    }
    case 'set_admin':
      return reason(operation.admin ? 'task_make_admin' : 'task_unmake_admin', {
        account: nameOf(operation.member),
      });
    case 'create_group':
      return reason('task_create_group', { group: operation.name });
    case 'rename_group':
      return reason('task_rename_group', { from: operation.from, group: operation.name });
    case 'delete_group':
      return reason('task_delete_group', { group: operation.name });
    case 'update_profile':
    case 'adopt_group':
    case 'add_group_member':
    case 'remove_group_member':
      return [];
  }
}

function placeOf(operation: Operation): TaskPlace {
  switch (operation.type) {
    case 'invite':
      return operation.former === null ? { kind: 'invites' } : { kind: 'member', member: operation.former };
    case 'remove_member':
    case 'set_admin':
    case 'update_profile':
      return { kind: 'member', member: operation.member };
    case 'create_group':
      return { kind: 'groups' };
    case 'adopt_group':
    case 'rename_group':
    case 'delete_group':
    case 'add_group_member':
    case 'remove_group_member':
      return { kind: 'group', targetGroupId: operation.targetGroupId };
  }
}

function changesOf(operations: readonly Operation[], { account }: NamesOf): string {
  const namesOf = (type: Operation['type']) =>
    operations.flatMap((operation) =>
      operation.type === type && 'accountId' in operation ? [account(operation.accountId)] : [],
    );
  const changes = [
    listed('add', namesOf('add_group_member')),
    listed('remove', namesOf('remove_group_member')),
  ];
  return changes.filter((text) => text !== '').join('; ');
}

function listed(verb: string, names: readonly string[]): string {
  if (names.length === 0) return '';
  const more = names.length - MAX_NAMES;
  return `${verb} ${names.slice(0, MAX_NAMES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
