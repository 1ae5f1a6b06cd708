/** Pushes people and groups over SCIM as an IdP does at its first run, several requests at a time. */
import { personOf, TOKEN } from '../scale.ts';

const AT_ONCE = 16;

export interface Scale {
  readonly users: number;
  readonly groups: number;
  readonly membersOfEach: number;
}

export async function push(url: string, { users, groups, membersOfEach }: Scale): Promise<void> {
  const ids = await inParallel(users, (index) => create(`${url}/Users`, personOf(index)));
  // Each group begins a little after the one before, so that all people are in about as many.
  const step = Math.max(1, Math.floor(users / groups));
  await inParallel(groups, (index) => {
    const members = Array.from({ length: membersOfEach }, (_none, at) => ({
      value: ids[(index * step + at) % users],
    }));
    const displayName = `Group ${index}`;
    return create(`${url}/Groups`, {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
      displayName,
      members,
    });
  });
}

async function inParallel(count: number, work: (index: number) => Promise<string>): Promise<string[]> {
  const results: string[] = [];
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < count; index = next++) results[index] = await work(index);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

async function create(url: string, body: object): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/scim+json' },
    body: JSON.stringify(body),
  });
  if (response.status !== 201) throw new Error(`POST ${url}: ${response.status} ${await response.text()}`);
  return ((await response.json()) as { id: string }).id;
}
