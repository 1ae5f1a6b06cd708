/**
 * A person who does in Mode what the bridge's tasks say, as they come: for worlds in which the API alone cannot reach
 * the goal. They see what any admin sees: the tasks, and Mode's own pages.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { client } from './client.ts';
import { control } from './mode-state.ts';

const LOOK_MS = 100;

interface Task {
  readonly id: string;
  readonly action: string;
  readonly link: string;
}

/** Which edit in Mode's pages a task stands for. */
const EDITS: Readonly<Record<string, string>> = {
  make_admin: 'promote',
  unmake_admin: 'demote',
  remove_member: 'remove',
};

/** @param adminApi e.g. http://127.0.0.1:8081/admin/api @returns what sends them home */
export function personAtMode(adminApi: string, token: string, sandboxUrl: string): () => Promise<void> {
  const admin = client(adminApi, token);
  const going = new AbortController();

  async function work(): Promise<void> {
    const { body } = await admin('GET', '/tasks?limit=1000');
    for (const { id, action, link } of (body['tasks'] ?? []) as readonly Task[]) {
      const edit = EDITS[action];
      if (edit === undefined) continue;
      const email = await whoseTask(link);
      // Somebody who has left meanwhile is nobody's task any more.
      if (email === undefined) continue;
      await control(sandboxUrl, 'POST', 'ui-edit', { action: edit, email });
      await admin('POST', `/tasks/${id}/close`);
    }
  }

  /** The link leads to the page of a membership, which shows whose it is. */
  async function whoseTask(link: string): Promise<string | undefined> {
    const state = (await control(sandboxUrl, 'GET', 'state')) as {
      members: { email: string; membership_token: string }[];
    };
    return state.members.find((member) => link.includes(member.membership_token))?.email;
  }

  const working = (async () => {
    while (!going.signal.aborted) {
      // The bridge may be gone already, and an edit may come too late: the next look tells.
      await work().catch(() => undefined);
      await delay(LOOK_MS);
    }
  })();
  return async () => {
    going.abort();
    await working;
  };
}
