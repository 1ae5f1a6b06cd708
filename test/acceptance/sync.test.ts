import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { run } from '../cli/run-here.ts';
import { person } from './client.ts';
import { eventually } from './eventually.ts';
import { control, readModeState } from './mode-state.ts';
import { openRealStage, type RealStage } from './real-stage.ts';

const BOSS = { email: 'boss@acme.example', admin: true };
const W = '/admin/api/workspaces/acme';

let stage: RealStage;
let settings: Record<string, string>;

beforeEach(async () => {
  stage = await openRealStage({
    mode: {
      members: [
        BOSS,
        { email: 'jane@example.com' },
        { email: 'Sam@Example.com' },
        { email: 'kim+mode@example.com' },
      ],
      groups: [{ name: 'Team', members: ['jane@example.com'] }, { name: 'Data' }],
    },
  });
  ({ settings } = stage);
});

it('commands read Mode and report what a first push will take over', async () => {
  const early = await run(['adopt', '--report'], settings);
  expect(early.code).not.toBe(0);
  expect(early.stderr).toContain('sync --once');

  const sync = await run(['sync', '--once'], settings);
  expect([sync.code, sync.stderr]).toEqual([0, '']);
  expect(sync.stdout).toContain('3 groups');

  const folder = mkdtempSync(join(tmpdir(), 'bridge-test-'));
  const [emails, groups] = [join(folder, 'emails'), join(folder, 'groups')];
  writeFileSync(emails, 'jane@example.com\nsam@example.com\r\nkim@example.com\n\nnew@example.com\n');
  writeFileSync(groups, 'Team\ndata\n');
  const told = await run(['adopt', '--report', '--json', '--emails', emails, '--groups', groups], settings);
  const { items } = JSON.parse(told.stdout) as { items: { name: string; class: string }[] };
  expect(items.map((item) => [item.name, item.class])).toEqual([
    ['jane@example.com', 'exact'],
    ['sam@example.com', 'case_differs'],
    ['kim@example.com', 'alias'],
    ['new@example.com', 'none'],
    ['Team', 'exact'],
    ['data', 'case_differs'],
  ]);
  const shown = await run(['adopt', '--report', '--emails', emails], settings);
  expect(shown.stdout).toContain('alias (1)');
}, 60_000);

it('operators see drift, set the drift mode, and link by hand', async () => {
  const { scim, admin } = await stage.boot();
  const jane = await scim('POST', '/Users', person('jane@example.com'));
  const kim = await scim('POST', '/Users', person('kim@example.com', { active: false }));
  await scim('POST', '/Groups', { displayName: 'Team', members: [{ value: jane.body['id'] }] });
  const verified = async (count: number) => {
    await eventually(async () => {
      const { body } = await admin('GET', '/admin/api/status');
      expect(body['deliveries']).toMatchObject({ verified: count, pending: 0 });
    });
  };
  await verified(3);

  expect((await admin('PUT', `${W}/drift/default`, { mode: 'report' })).status).toBe(200);
  await control(stage.sandbox, 'POST', 'ui-edit', {
    action: 'add_to_group',
    email: BOSS.email,
    group: 'Team',
  });
  expect((await admin('POST', `${W}/sync`)).status).toBe(202);
  await eventually(async () => {
    const { body } = await admin('GET', `${W}/drift`);
    expect(body['counts']).toMatchObject({ added_in_mode: 1, lost_call: 0, unmanaged: 4 });
  });
  const drift = await run(['drift'], settings);
  expect(drift.stdout).toContain('added_in_mode    group_member  boss@acme.example in Team');
  expect((await run(['drift', '--set', 'enforce'], settings)).code).toBe(0);
  await admin('POST', `${W}/sync`);
  await eventually(async () => {
    const { groups } = await readModeState(stage.sandbox);
    expect(groups.find((group) => group.name === 'Team')?.members).toEqual(['jane@example.com']);
  });

  const set = await run(['links', 'set', 'user', 'kim@example.com', 'kim+mode@example.com'], settings);
  expect([set.code, set.stderr]).toEqual([0, '']);
  await eventually(async () => {
    const { members } = await readModeState(stage.sandbox);
    expect(members.map((member) => member.email)).not.toContain('kim+mode@example.com');
  });
  const links = (await admin('GET', `${W}/links`)).body['links'] as object[];
  expect(links).toContainEqual(
    expect.objectContaining({ kind: 'user', id: kim.body['id'], origin: 'operator' }),
  );
  expect((await run(['links', 'drop', 'group', 'Team'], settings)).code).toBe(0);
  expect((await admin('DELETE', `${W}/links/group/Team`)).status).toBe(404);
}, 120_000);

it('a command does not work beside a running bridge, and another workspace is not found', async () => {
  const { admin, told } = await stage.boot();
  await eventually(async () => {
    expect((await admin('GET', `${W}/sync`)).body['last']).toMatchObject({ failure: null });
  });
  const sync = await run(['sync', '--once'], settings);
  expect(sync.code).not.toBe(0);
  expect(sync.stderr).toContain('POST /admin/api/workspaces/acme/sync');
  for (const path of ['sync', 'drift', 'links', 'adoption', 'invites']) {
    expect((await admin('GET', `/admin/api/workspaces/other/${path}`)).status).toBe(404);
    expect((await admin('GET', `${W}/${path}`)).status).toBe(200);
  }
  const metrics = await (await fetch(`${told('Admin URL')}/metrics`)).text();
  expect(metrics).toMatch(
    /bridge_mode_calls_total\{workspace="acme",method="GET",route="\/api\/\{workspace\}\/groups",status="200"\} [1-9]/,
  );
}, 60_000);

it('an invite that nobody accepts is listed', async () => {
  await control(stage.sandbox, 'PATCH', 'settings', { auto_accept_seconds: -1 });
  const { scim, admin } = await stage.boot();
  await scim('POST', '/Users', person('new@example.com'));
  await eventually(async () => {
    const { body } = await admin('GET', `${W}/invites`);
    expect(body['invites']).toMatchObject([{ email: 'new@example.com', state: 'pending', sends: 1 }]);
  });
  const { stdout } = await run(['invites'], settings);
  expect(stdout).toMatch(/^pending\s+1 x\s.*new@example\.com/);
}, 60_000);
