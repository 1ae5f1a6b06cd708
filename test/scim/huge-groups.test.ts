/** Groups with very many members: a client can send the response of a GET back with a PUT without losing a member. */
import { describe, expect, it } from 'vitest';
import { createUser } from '../../src/directory/user/user-transitions.ts';
import { engines } from '../databases.ts';
import { startBridge, type Bridge } from '../feed/events/bridge.ts';

/** More than a page of members on both engines. On PostgreSQL, adding them costs one round trip each. */
const PEOPLE = { sqlite: 12_000, postgres: 2_500 } as const;
const connection = { id: 'default', workspace: 'acme', name: 'default', state: 'live' } as const;

async function addPeople({ store }: Bridge, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, index) => `user-${String(index).padStart(6, '0')}`);
  const steps = ids.flatMap((id) => {
    const userName = `${id}@example.com`;
    const draft = {
      userName,
      externalId: null,
      active: true,
      email: null,
      fullName: null,
      admin: null,
      emails: [],
      document: JSON.stringify({ userName }),
    };
    return createUser(id, draft, { connection, at: 0 }).write.steps;
  });
  await store.directory.commit({ workspace: 'acme', at: 0, steps, changes: [], subjects: [] });
  return ids;
}

interface GroupBody {
  readonly members: readonly { readonly value: string }[];
}
const valuesOf = (body: unknown) => (body as GroupBody).members.map(({ value }) => value);

describe.each(engines)('a group with very many members, on %s', (engine) => {
  it('is written with a PUT, returned completely by a GET, and a PUT of that response loses no member', async () => {
    const bridge = await startBridge(engine);
    const { call } = await bridge.as('scim');
    const ids = await addPeople(bridge, PEOPLE[engine]);
    const empty = await call('POST', '/scim/v2/Groups', { displayName: 'All' });
    const address = `/scim/v2/Groups/${String(empty.body['id'])}`;
    const before = empty.body['meta'] as { version: string };
    const members = ids.map((value) => ({ value, display: `${value}@example.com` }));
    const put = await call('PUT', address, { displayName: 'All', members });
    expect(put.status).toBe(200);
    expect(valuesOf(put.body)).toEqual(ids);
    expect(put.headers.get('etag')).not.toBe(before.version);

    const shown = await call('GET', address);
    expect(valuesOf(shown.body)).toEqual(ids);
    const listed = await call('GET', '/scim/v2/Groups?filter=displayName eq "all"');
    expect(valuesOf((listed.body['Resources'] as unknown[])[0])).toEqual(ids);
    const some = await call('GET', `${address}?attributes=members.value`);
    expect((some.body as unknown as GroupBody).members[1]).toEqual({ value: ids[1] });
    expect(valuesOf(some.body)).toEqual(ids);

    const renamed = await call('PUT', address, { ...shown.body, displayName: 'Everybody' });
    expect(renamed.status).toBe(200);
    expect(renamed.body['displayName']).toBe('Everybody');
    expect(await bridge.store.directory.memberIds(String(empty.body['id']))).toHaveLength(PEOPLE[engine]);
  });
});
