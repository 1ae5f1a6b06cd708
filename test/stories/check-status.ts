/** Whether `status` reports what the model says: who is blocked and for what reason, and nothing else that is wrong. */
import type { Status } from '../../src/admin/status-view.ts';
import { TOKENS } from '../acceptance/boot.ts';
import { addressesOf, isOwner, ownerOf } from './model.ts';
import type { Told } from './told.ts';

/** @throws when `status` differs from the model */
export async function checkStatus(told: Told): Promise<void> {
  const status = await readStatus(told);
  const { mode, deliveries, tasks, troubled, calls } = status;
  const blocked = conflictsOf(told);
  assertEqual('Mode is failing since', mode.failing_since, null);
  assertEqual('the number of open tasks', tasks.open, 0);
  assertEqual('the number of blocked deliveries', deliveries.blocked, blocked.length);
  assertEqual('the number of open holds', status.holds.open, 0);
  assertEqual('the calls left', calls.left + calls.after_invites, 0);
  const names = troubled.map(({ name, state }) => `${name} is ${state}`).sort();
  const users = blocked.map(({ userName }) => `${userName} is blocked`);
  // A group waits for its members who are blocked.
  const keys = new Set(blocked.map(({ key }) => key));
  const waiting = [...told.model.groups.values()].filter(({ members }) => !members.isDisjointFrom(keys));
  const groups = waiting.map(({ name }) => `${name} is pending`);
  assertEqual('what is in trouble', names, [...users, ...groups].sort());
  for (const { userName, owner } of blocked) {
    const reason = troubled.find(({ name }) => name === userName)?.reason;
    assertEqual(
      `the reason for ${userName}`,
      reason,
      `The user ${owner} has the same e-mail, and Mode allows one person for each e-mail.`,
    );
  }
}

/** The active users whose address is the account of another user, and the userName of that user. */
function conflictsOf({
  model,
  idp,
}: Told): readonly { readonly key: string; readonly userName: string; readonly owner: string }[] {
  return [...model.people.values()].flatMap((person) => {
    if (!person.active || isOwner(model, person) || !idp.ids.has(person.key)) return [];
    const owners = addressesOf(person).flatMap((address) => ownerOf(model, address)?.userName ?? []);
    return [{ key: person.key, userName: person.userName, owner: owners[0] ?? 'nobody' }];
  });
}

async function readStatus({ world }: Told): Promise<Status> {
  const answer = await world.send('admin', {
    method: 'GET',
    path: '/admin/api/status',
    headers: { authorization: `Bearer ${TOKENS.admin}`, host: '127.0.0.1' },
  });
  if (answer?.status !== 200) throw new Error(`The status is answered ${answer?.status ?? 'by nobody'}.`);
  return JSON.parse(answer.text) as Status;
}

function assertEqual(what: string, has: unknown, wanted: unknown): void {
  const [shown, expected] = [JSON.stringify(has), JSON.stringify(wanted)];
  if (shown !== expected) throw new Error(`Status: ${what} should be ${expected}, and is ${shown}.`);
}
