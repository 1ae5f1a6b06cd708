/** How long leavers kept their access: by command, through the admin API, in the metrics, and as files for an auditor. */
import { mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { engines, freshDatabase } from '../databases.ts';
import { run } from '../cli/run-here.ts';
import { bootBridge, TOKENS } from './boot.ts';
import { client, person } from './client.ts';
import { eventually } from './eventually.ts';
import { control, readModeState } from './mode-state.ts';

interface Leaver {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly cause: string;
  readonly seconds: number;
}

it.each(engines)(
  'a leaver is timed until a read of Mode shows that they are out, with the evidence, on %s',
  async (engine) => {
    const settings = {
      BRIDGE_DATABASE_URL: await freshDatabase(engine),
      BRIDGE_LEAVER_OBJECTIVE_MINUTES: '20',
    };
    const bridge = await bootBridge({ ...settings, SANDBOX_PROFILE: 'documented' });
    onTestFinished(async () => {
      await bridge.stop();
    });
    const sandbox = bridge.told('Sandbox URL');
    await control(sandbox, 'PATCH', 'settings', { rate_per_second: 200, burst: 100, rate_window: null });
    const scim = client(bridge.told('SCIM Base URL'), TOKENS.scim);
    const admin = client(`${bridge.told('Admin URL')}/admin/api`, TOKENS.admin);
    const listed = async (query = '') => {
      const { body, status } = await admin('GET', `/workspaces/acme/leavers${query}`);
      expect(status).toBe(200);
      return body as { objective_minutes: number; leavers: Leaver[]; next_cursor: string | null };
    };
    expect(await listed()).toEqual({ objective_minutes: 20, leavers: [], next_cursor: null });

    const [ana, ben] = [
      String((await scim('POST', '/Users', person('ana@example.com'))).body['id']),
      String((await scim('POST', '/Users', person('ben@example.com'))).body['id']),
    ];
    await eventually(async () => {
      await control(sandbox, 'POST', 'accept-invites', {});
      const { members } = await readModeState(sandbox);
      const active = members.filter(({ state }) => state === 'active').map(({ email }) => email);
      expect(active).toEqual(expect.arrayContaining(['ana@example.com', 'ben@example.com']));
    });
    const Operations = [{ op: 'replace', path: 'active', value: false }];
    expect((await scim('PATCH', `/Users/${ana}`, { Operations })).status).toBe(200);
    expect((await scim('DELETE', `/Users/${ben}`)).status).toBe(204);
    await eventually(async () => {
      const { leavers } = await listed('?since=1h');
      expect(leavers.map(({ name, cause, state }) => [name, cause, state])).toEqual([
        ['ben@example.com', 'deleted', 'verified'],
        ['ana@example.com', 'deactivated', 'verified'],
      ]);
    });
    const emails = (await readModeState(sandbox)).members.map(({ email }) => email);
    expect(emails).not.toContain('ana@example.com');
    expect(emails).not.toContain('ben@example.com');
    const first = await listed('?limit=1');
    const second = await listed(`?limit=1&cursor=${first.next_cursor ?? ''}`);
    expect([first.leavers[0]?.name, second.leavers[0]?.name, second.next_cursor]).toEqual([
      'ben@example.com',
      'ana@example.com',
      null,
    ]);
    expect((await admin('GET', '/workspaces/globex/leavers')).status).toBe(404);
    expect((await admin('GET', '/leavers?since=soon')).status).toBe(400);
    expect((await admin('GET', '/leavers?since=2030-01-01')).body).toMatchObject({ leavers: [] });
    expect((await admin('GET', '/status')).body).toMatchObject({
      leavers: { objective_minutes: 20, overdue: 0, oldest: [] },
    });
    await eventually(async () => {
      const metrics = await (await fetch(`${bridge.told('Admin URL')}/metrics`)).text();
      expect(metrics).toContain('bridge_leaver_seconds_count{workspace="acme"} 2');
      expect(metrics).toContain('bridge_leavers_overdue{workspace="acme"} 0');
    });

    const folder = join(mkdtempSync(join(tmpdir(), 'bridge-leavers-')), 'evidence');
    const table = await run(['leavers', '--evidence', folder], settings);
    expect([table.code, table.stderr]).toEqual([0, '']);
    expect(table.stdout).toMatch(/^ana@example\.com +\S+Z +\S+Z +\S+Z +\d+ (s|min) +within$/m);
    expect(table.stdout).toContain('2 evidence files are in');
    const files = readdirSync(folder).map((name) => join(folder, name));
    expect(files.map((file) => statSync(file).mode & 0o777)).toEqual([0o600, 0o600]);
    const evidence = files.map((file) => JSON.parse(readFileSync(file, 'utf8')) as { leaver: Leaver });
    expect(evidence.find(({ leaver }) => leaver.name === 'ana@example.com')).toMatchObject({
      workspace: 'acme',
      objective_minutes: 20,
      request: { method: 'PATCH', route: '/Users/:id', resource_ids: [ana], status: 200 },
      operation: { type: 'remove_member', answer: 'accepted', account: expect.any(String) as string },
      read_back: { account: 'absent' },
      history: expect.arrayContaining([
        expect.objectContaining({ kind: 'user.updated' }),
        expect.objectContaining({ kind: 'mode.member_changed' }),
        expect.objectContaining({
          kind: 'delivery.changed',
          data: expect.objectContaining({ state: 'verified' }) as object,
        }),
      ]) as unknown[],
    });
    const json = await run(['leavers', '--since', '1h', '--json'], settings);
    expect((JSON.parse(json.stdout) as { leavers: Leaver[] }).leavers).toHaveLength(2);
    const refused = await run(['leavers', '--since', 'yesterday'], settings);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('is not a time')]);
  },
  120_000,
);
