/** A person at Mode who does what the bridge's open tasks say. They see what any admin sees: the tasks and Mode's pages. */
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import type { Task } from '../../src/provisioning/task.ts';
import type { Bridge } from './bridge.ts';
import type { VirtualClock } from './virtual-clock.ts';

const WORKSPACE = 'acme';

type Edit = Parameters<Sandbox['control']['uiEdit']>[0];

/** @returns how many were done */
export async function doTasks(bridge: Bridge, sandbox: Sandbox, clock: VirtualClock): Promise<number> {
  const tasks = await bridge.store.tasks.list(WORKSPACE, { closed: false, limit: 1_000 });
  let done = 0;
  for (const task of tasks) {
    for (const edit of editsOf(task, sandbox)) tryTo(sandbox, edit);
    await bridge.store.tasks.close(WORKSPACE, task.id, clock.now());
    done += 1;
  }
  return done;
}

/** Somebody has been faster, or the person is gone: nothing is left to do. */
function tryTo(sandbox: Sandbox, edit: Edit): void {
  try {
    sandbox.control.uiEdit(edit);
  } catch {
    // Mode refuses it as it would in its pages.
  }
}

function editsOf({ action, what, link }: Task, sandbox: Sandbox): Edit[] {
  const { members } = sandbox.control.state(true);
  const email = members.find(
    (member) =>
      what.includes(member.email) ||
      (member.membership_token !== undefined && link.includes(member.membership_token)) ||
      (member.username !== undefined && link.split('/').includes(member.username)),
  )?.email;
  switch (action) {
    case 'invite':
    case 'reinstate': {
      const invited = /\S+@\S+\w/.exec(what)?.[0];
      return invited === undefined ? [] : [{ action: 'invite', email: invited }];
    }
    case 'make_admin':
      return email === undefined ? [] : [{ action: 'promote', email }];
    case 'unmake_admin':
      return email === undefined ? [] : [{ action: 'demote', email }];
    case 'remove_member':
      return email === undefined ? [] : [{ action: 'remove', email }];
    default:
      throw new Error(`Nobody knows how to do the task "${action}": ${what}`);
  }
}
