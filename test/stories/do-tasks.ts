/** A person at Mode who does what the bridge's open tasks say. They see what any admin sees: the tasks and Mode's pages. */
import type { Sandbox } from '../../src/sandbox/mode/sandbox.ts';
import type { Task, TaskAction } from '../../src/provisioning/plan/task.ts';
import type { Bridge } from './bridge.ts';
import type { VirtualClock } from './virtual-clock.ts';
import { sentences } from '../../src/provisioning/reason/reason.ts';

const WORKSPACE = 'acme';

type Edit = Parameters<Sandbox['edit']>[0];

/** @returns how many were done */
export async function doTasks(
  bridge: Bridge,
  sandbox: Sandbox,
  clock: VirtualClock,
  only?: TaskAction,
): Promise<number> {
  const open = await bridge.store.tasks.list(WORKSPACE, { closed: false, limit: 1_000 });
  const tasks = open.filter(({ action }) => only === undefined || action === only);
  for (const task of tasks) {
    for (const edit of editsOf(task, sandbox)) tryTo(sandbox, edit);
    await bridge.store.tasks.close(WORKSPACE, task.id, clock.now());
  }
  return tasks.length;
}

/** Somebody has been faster, or the person is gone: nothing is left to do. */
function tryTo(sandbox: Sandbox, edit: Edit): void {
  try {
    sandbox.edit(edit);
  } catch {
    // Mode refuses it as it would in its pages.
  }
}

function editsOf({ action, what: reasons, link }: Task, sandbox: Sandbox): Edit[] {
  const what = sentences(reasons) ?? '';
  const { members } = sandbox.state(true);
  const email = members.find(
    (member) =>
      what.includes(member.email) ||
      (member.membership_token !== undefined && link.includes(member.membership_token)) ||
      (member.username !== undefined && link.split('/').includes(member.username)),
  )?.email;
  const [group = '', name = ''] = [...what.matchAll(/"([^"]*)"/g)].map((match) => match[1] ?? '');
  switch (action) {
    case 'invite':
    case 'reinstate': {
      const invited = /\S+@[\w.]*\w/.exec(what)?.[0];
      return invited === undefined ? [] : [{ action: 'invite', email: invited }];
    }
    case 'make_admin':
      return email === undefined ? [] : [{ action: 'promote', email }];
    case 'unmake_admin':
      return email === undefined ? [] : [{ action: 'demote', email }];
    case 'remove_member':
      return email === undefined ? [] : [{ action: 'remove', email }];
    case 'create_group':
      return [{ action: 'create_group', name: group }];
    case 'rename_group':
      return [{ action: 'rename_group', group, name }];
    case 'delete_group':
      return [{ action: 'delete_group', group }];
    case 'set_group_members':
      return [
        ...listed(what, 'remove').map((each): Edit => ({ action: 'remove_from_group', email: each, group })),
        ...listed(what, 'add').map((each): Edit => ({ action: 'add_to_group', email: each, group })),
      ];
    default:
      throw new Error(`Nobody knows how to do the task "${action}": ${what}`);
  }
}

/** In the group "X", add a, b; remove c. */
function listed(what: string, verb: 'add' | 'remove'): string[] {
  const sentence = new RegExp(`\\b${verb} ([^;]*?)(;|\\.$)`).exec(what)?.[1] ?? '';
  return sentence.split(', ').filter((name) => name.includes('@'));
}
