import { describe, expect, it } from 'vitest';
import { createUnmanagedUser } from '../../src/directory/unmanaged.ts';
import { nameUnmanaged } from '../../src/scim/codec/name-unmanaged.ts';
import { engines } from '../databases.ts';
import { startBridge } from '../feed/events/bridge.ts';

describe('a Mode member that no IdP has pushed has the names that an import needs', () => {
  it.each([
    ['Jane Doe', 'x@example.com', 'Jane', 'Doe'],
    ['Jane van der Doe', 'x@example.com', 'Jane', 'van der Doe'],
    ['Doe, Jane', 'x@example.com', 'Jane', 'Doe'],
    ['Cher', 'cher.bono@example.com', 'Cher', 'Bono'],
    ['Cher', 'cher@example.com', 'Cher', 'Cher'],
    [' , ', 'x@example.com', ',', ','],
    [null, 'jane.doe+mode@example.com', 'Jane', 'Doe'],
    [null, 'jane@example.com', 'Jane', 'Jane'],
    [null, '@', '@', '@'],
  ])('%j with %j', (name, userName, givenName, familyName) => {
    const document = JSON.stringify({ userName, ...(name === null ? {} : { name: { formatted: name } }) });
    const named = JSON.parse(nameUnmanaged(document, userName)) as { name: object };
    expect(named.name).toMatchObject({ givenName, familyName });
  });
});

describe.each(engines)('an import, on %s', (engine) => {
  it('finds the names and address of every user, and guessed names are dropped when an IdP takes over', async () => {
    const { store, as } = await startBridge(engine);
    const { call } = await as('scim');
    for (const [id, email, name] of [
      ['a', 'jane.doe@example.com', null],
      ['b', 'cher@example.com', 'Cher'],
    ] as const)
      await store.directory.commit(createUnmanagedUser({ id, workspace: 'acme', at: 1 }, { email, name }));
    const { body } = await call('GET', '/scim/v2/Users?startIndex=1&count=100');
    expect(body['Resources']).toMatchObject([
      {
        displayName: 'Jane Doe',
        name: { formatted: 'Jane Doe', givenName: 'Jane', familyName: 'Doe' },
        emails: [{ value: 'jane.doe@example.com', type: 'work', primary: true }],
      },
      { displayName: 'Cher', name: { formatted: 'Cher', givenName: 'Cher', familyName: 'Cher' } },
    ]);
    await call('PATCH', '/scim/v2/Users/b', { Operations: [{ op: 'add', path: 'title', value: 'Singer' }] });
    expect(await store.directory.user('acme', 'b')).toMatchObject({ fullName: 'Cher', ownerId: 'default' });
  });
});
