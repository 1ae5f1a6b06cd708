/**
 * A client of Mode that trusts only what it reads: it accepts any success status and retries what failed. It proves that a
 * client can reach its goal in a profile. The bridge does not use it.
 */
import { INVITER, MAIN, type Answer, type Row, type simulate } from './simulated.ts';

type Simulated = Awaited<ReturnType<typeof simulate>>;

const TRIES = 5;
const WAIT_MS = 10_000;

export function careful(mode: Simulated) {
  /** Retries after a 5xx or 429. All calls may be sent twice. */
  async function ask(method: string, path: string, body?: unknown, authorization = MAIN): Promise<Answer> {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await mode.call(method, path, body, authorization);
      if ((answer.status < 500 && answer.status !== 429) || attempt === TRIES) return answer;
      mode.time.now += WAIT_MS;
    }
  }

  async function rows(path: string, key: string): Promise<Row[] | undefined> {
    const { status, body } = await ask('GET', path);
    if (status !== 200) return undefined;
    const embedded = body['_embedded'] as Record<string, Row[]>;
    return embedded[key];
  }

  /** Addresses from /memberships/lite, or from the user records when that list is missing. */
  async function people(): Promise<{ email: string; token: string; active: boolean }[]> {
    const light = await rows('/api/acme/memberships/lite', 'memberships');
    const found = light ?? (await rows('/api/acme/memberships', 'memberships')) ?? [];
    return Promise.all(
      found.map(async (row) => {
        const username = String(row['username'] ?? row['member_username']);
        const email = row['email'] ?? (await ask('GET', `/api/${username}`)).body['email'];
        const token = String(row['member_token']);
        return { email: String(email), token, active: row['state'] === 'active' };
      }),
    );
  }

  async function person(email: string): Promise<string> {
    const found = (await people()).find((each) => each.email === email && each.active);
    if (found === undefined) throw new Error(`${email} is not a member`);
    return found.token;
  }

  /** Reads pages until the group is found or a page is empty. */
  async function group(name: string): Promise<string | undefined> {
    for (let page = 1; ; page += 1) {
      const listed = (await rows(`/api/acme/groups?page=${page}&per_page=30`, 'groups')) ?? [];
      const found = listed.find((row) => row['name'] === name && row['state'] === 'active');
      if (found !== undefined || listed.length === 0)
        return found === undefined ? undefined : String(found['token']);
    }
  }

  async function members(path: string): Promise<Row[]> {
    return (await rows(`${path}/memberships`, 'group_memberships')) ?? [];
  }

  return {
    invite: async (email: string) => {
      await ask('POST', '/api/acme/invites', { invite: { invitee: { email }, message: 'hi' } }, INVITER);
    },
    /** Makes exactly these people members of the group. */
    fillGroup: async (name: string, emails: readonly string[]) => {
      if ((await group(name)) === undefined) await ask('POST', '/api/acme/groups', { user_group: { name } });
      const path = `/api/acme/groups/${(await group(name)) ?? ''}`;
      const wanted = await Promise.all(emails.map(person));
      const before = await members(path);
      for (const token of wanted.filter((each) => !before.some((row) => row['member_token'] === each))) {
        await ask('POST', `${path}/memberships`, { membership: { member_token: token } });
      }
      for (const row of before.filter((each) => !wanted.includes(String(each['member_token'])))) {
        await ask('DELETE', `${path}/memberships/${String(row['token'])}`);
      }
      mode.time.now += WAIT_MS;
    },
    /** Uses the self link in the full list, which has the token of the membership. */
    remove: async (email: string) => {
      const token = await person(email);
      const full = (await rows('/api/acme/memberships', 'memberships')) ?? [];
      const row = full.find((each) => each['member_token'] === token);
      await ask('DELETE', row?._links?.['self']?.href ?? '');
    },
    /** Renames the group first: a group with the name of a deleted group cannot be deleted. */
    deleteGroup: async (name: string) => {
      const path = `/api/acme/groups/${(await group(name)) ?? ''}`;
      await ask('PATCH', path, { user_group: { name: `${name} (removed ${mode.time.now})` } });
      await ask('DELETE', path);
      mode.time.now += WAIT_MS;
    },
  };
}
