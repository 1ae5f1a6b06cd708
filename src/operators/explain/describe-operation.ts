/** One operation of the change log and the target's answer, as a sentence. Pure. */
import type { OperationAnswer, OperationSummary } from '../../directory/change.ts';

export function describeOperation(data: OperationSummary | (OperationSummary & OperationAnswer)): string {
  const step = stepOf(data);
  if (!('answer' in data))
    return data.operation === 'adopt_group' ? `${step}.` : `${step}: {target} accepted it.`;
  const certain = data.answer === 'unavailable' ? ', and may have done it' : '';
  return `${step}: {target} did not accept it (${data.answer}${certain}): ${data.message}`;
}

function stepOf({ operation, person, group, changed }: OperationSummary): string {
  const who = person ?? 'the account';
  const team = `the group "${group ?? '?'}"`;
  switch (operation) {
    case 'invite':
      return `The bridge invited ${who}`;
    case 'remove_member':
      return `The bridge removed ${who} from the workspace`;
    case 'set_admin':
      return changed['admin']?.to === true
        ? `The bridge made ${who} an admin`
        : `The bridge took the admin role from ${who}`;
    case 'update_profile': {
      const values = Object.entries(changed).map(
        ([name, { from, to }]) => `${name} from "${String(from ?? '')}" to "${String(to ?? '')}"`,
      );
      return `The bridge changed ${values.join(' and ')}`;
    }
    case 'create_group':
      return `The bridge created ${team}`;
    case 'adopt_group':
      return `The bridge took over ${team}, which {target} had`;
    case 'rename_group':
      return `The bridge renamed the group "${String(changed['name']?.from ?? '?')}" to "${group ?? '?'}"`;
    case 'delete_group':
      return `The bridge deleted ${team}`;
    case 'add_group_member':
      return `The bridge added ${who} to ${team}`;
    case 'remove_group_member':
      return `The bridge removed ${who} from ${team}`;
    default:
      return `The bridge asked for ${operation}`;
  }
}
