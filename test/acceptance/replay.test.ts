/** A push session is recorded without anything personal, and plays: by the command, and as a recording of the tests. */
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { freshDatabase } from '../databases.ts';
import { parseRecording, play } from '../idp/recording.ts';
import { openVirtualStage } from '../stories/virtual-stage.ts';
import { run } from '../cli/run-here.ts';
import { bootBridge, TOKENS } from './boot.ts';
import { client } from './client.ts';

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const PERSONAL = ['jane', 'doe', 'smith', 'acme-corp', '00u1abc', 'finance', 'secret', '4711'];

const jane = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', ENTERPRISE],
  userName: 'Jane.Doe@acme-corp.com',
  externalId: '00u1abc',
  name: { givenName: 'Jane', familyName: 'Doe' },
  displayName: 'Jane Doe',
  emails: [{ value: 'jane.doe@acme-corp.com', type: 'work', primary: true }],
  [ENTERPRISE]: { department: 'Finance', employeeNumber: '4711' },
  favouriteColour: { name: 'secret blue', number: 4711 },
  active: true,
  roles: [{ value: 'admin', primary: true }],
};
const bob = {
  userName: 'bob@acme-corp.com',
  name: { formatted: 'Bob Smith' },
  emails: [{ value: 'bob@acme-corp.com', type: 'work', primary: true }],
  active: true,
};

it('a recording has no personal values, and plays without differences', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bridge-record-'));
  const database = await freshDatabase('sqlite');
  const bridge = await bootBridge({ BRIDGE_DATABASE_URL: database, BRIDGE_RECORD: folder });
  onTestFinished(() => bridge.kill());
  const scim = client(bridge.told('SCIM Base URL'), TOKENS.scim);

  const lookUp = (name: string) =>
    scim('GET', `/Users?filter=${encodeURIComponent(`userName eq "${name}"`)}&startIndex=1&count=100`);
  await lookUp(jane.userName);
  const [first, second] = [await scim('POST', '/Users', jane), await scim('POST', '/Users', bob)];
  const [id, other] = [String(first.body['id']), String(second.body['id'])];
  expect((await lookUp('JANE.DOE@ACME-CORP.COM')).body['totalResults']).toBe(1);
  expect((await scim('POST', '/Users', { ...bob, displayName: 'Somebody else' })).status).toBe(409);
  const group = await scim('POST', '/Groups', { displayName: 'Finance Team', members: [{ value: id }] });
  const groupId = String(group.body['id']);
  const patch = (path: string, ...Operations: object[]) => scim('PATCH', path, { Operations });
  await patch(`/Groups/${groupId}`, { op: 'Add', path: 'members', value: [{ value: other }] });
  await patch(`/Groups/${groupId}`, { op: 'remove', path: `members[value eq "${id}"]` });
  await patch(`/Users/${id}`, {
    op: 'replace',
    path: 'phoneNumbers[type eq "work"].value',
    value: '+47 11 4711',
  });
  await patch(`/Users/${other}`, { op: 'Replace', path: 'active', value: 'False' });
  await patch(`/Users/${other}`, { op: 'Replace', path: 'active', value: 'True' });
  await scim('GET', `/Users/${id}?attributes=userName`);
  await scim('GET', '/Users?filter=userName%20eq%20jane.doe@acme-corp.com');
  await scim('POST', '/Users', '{"userName": "jane.broken@acme-corp.com"');
  await scim('GET', '/Users/jane.doe@acme-corp.com');
  const page = await scim('GET', '/Users?cursor&count=1');
  await scim('GET', `/Users?cursor=${String(page.body['nextCursor'])}&count=1`);
  const bulk = await scim('POST', '/Bulk', {
    Operations: [
      { method: 'POST', path: '/Users', bulkId: 'secret-1', data: { userName: 'jane2@acme-corp.com' } },
      {
        method: 'PATCH',
        path: `/Users/${id}`,
        data: { Operations: [{ op: 'add', path: 'title', value: 'Doe' }] },
      },
    ],
  });
  expect(bulk.status).toBe(200);
  await scim('DELETE', '/Users/00000000-0000-4000-8000-000000000009');
  expect(await bridge.stop()).toBe(0);

  const [name = ''] = readdirSync(folder);
  const file = join(folder, name);
  const text = readFileSync(file, 'utf8');
  for (const value of [...PERSONAL, id, other, groupId, TOKENS.scim])
    expect(text.toLowerCase()).not.toContain(value);
  const recording = parseRecording(file, text);
  expect(recording.steps.at(-1)).toMatchObject({
    mode: { groups: [{ members: [expect.any(String) as string] }] },
  });
  expect((recording.steps.at(-1) as { mode: { members: unknown[] } }).mode.members).toHaveLength(4);

  const played = await run(['replay', file], {});
  expect([played.stdout, played.stderr, played.code]).toEqual([
    'Everything turned out as recorded.\n',
    '',
    0,
  ]);

  const stage = await openVirtualStage(recording, {
    database: await freshDatabase('sqlite'),
    profile: 'kind',
  });
  try {
    await play(recording, stage);
  } finally {
    await stage.close();
  }

  const changed = join(folder, 'changed.json');
  writeFileSync(changed, text.replace('"status":409', '"status":201'));
  const differing = await run(['replay', changed, '--json'], {});
  expect([differing.code, differing.stderr]).toEqual([2, '1 step did not turn out as recorded.\n']);
  expect(JSON.parse(differing.stdout)).toMatchObject({
    differences: [{ problems: [expect.stringContaining('expected 201, got 409')] }],
  });
  const broken = await run(['replay', join(folder, 'none.json')], {});
  expect(broken.code).toBe(2);
}, 120_000);
