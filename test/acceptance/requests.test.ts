/** What an operator sees of an IdP's requests: by command, while they come in, and through the admin API. */
import { expect, it, onTestFinished } from 'vitest';
import { engines, freshDatabase } from '../databases.ts';
import { run } from '../cli/run-here.ts';
import { bootBridge, start, TOKENS } from './boot.ts';
import { client, person } from './client.ts';
import { eventually } from './eventually.ts';

it.each(engines)(
  'requests are listed, filtered and followed, on %s',
  async (engine) => {
    const settings = { BRIDGE_DATABASE_URL: await freshDatabase(engine) };
    const bridge = await bootBridge({ ...settings, SANDBOX_PROFILE: 'documented' });
    onTestFinished(async () => {
      await bridge.stop();
    });
    const scim = client(bridge.told('SCIM Base URL'), TOKENS.scim);
    const admin = client(`${bridge.told('Admin URL')}/admin/api`, TOKENS.admin);
    const tail = await start(['requests', 'tail', '--method', 'PATCH', '--json'], settings, '');
    onTestFinished(() => tail.kill());

    const jane = await scim('POST', '/Users', person('jane@example.com'));
    const id = String(jane.body['id']);
    const Operations = [{ op: 'Replace', path: 'active', value: 'False' }];
    expect((await scim('PATCH', `/Users/${id}`, { Operations })).status).toBe(200);
    const wrong = client(bridge.told('SCIM Base URL'), 'not-a-token-of-anybody');
    expect((await wrong('GET', `/Users/${id}`)).status).toBe(401);
    expect((await scim('POST', '/Users', '{"userName":')).status).toBe(400);

    // The log is written once a second.
    await eventually(async () => {
      const { body } = await admin('GET', '/requests');
      expect((body['requests'] as unknown[]).length).toBe(4);
    });
    const listed = async (query: string) => {
      const { body } = await admin('GET', `/workspaces/acme/requests?${query}`);
      return body as {
        requests: { id: string; method: string; status: number }[];
        next_cursor: string | null;
      };
    };
    const answers = async (query: string) =>
      (await listed(query)).requests.map(({ method, status }) => `${method} ${status}`);
    expect(await answers('')).toEqual(['POST 400', 'GET 401', 'PATCH 200', 'POST 201']);
    expect(await answers('status=4xx')).toEqual(['POST 400', 'GET 401']);
    expect(await answers('resource=jane@example.com')).toEqual(['PATCH 200', 'POST 201']);
    expect(await answers(`resource=${id}&method=post`)).toEqual(['POST 201']);
    expect(await answers('connection=default&since=1h')).toEqual(['POST 400', 'PATCH 200', 'POST 201']);
    expect(await answers('profile=entra')).toEqual(['POST 400', 'PATCH 200']);
    const first = await listed('limit=3');
    expect(first.requests).toHaveLength(3);
    const rest = await listed(`limit=3&cursor=${first.next_cursor ?? ''}`);
    expect([rest.requests.map(({ method }) => method), rest.next_cursor]).toEqual([['POST'], null]);
    expect((await admin('GET', '/requests?status=abc')).status).toBe(400);
    expect((await admin('GET', '/workspaces/globex/requests')).status).toBe(404);

    await eventually(() => {
      expect(tail.stdout()).toMatch(/^\{.*\}\n$/);
      return Promise.resolve();
    });
    expect(JSON.parse(tail.stdout())).toMatchObject({
      route: '/Users/:id',
      resource_ids: [id],
      attributes: ['active'],
      operations: { replace: 1 },
      status: 200,
      connection: 'default',
    });
    expect(await tail.stop()).toBe(0);

    const table = await run(['requests', 'list', '--status', '4xx'], settings);
    expect([table.code, table.stderr]).toEqual([0, '']);
    expect(table.stdout).toMatch(/^\S+Z +default +entra +POST +\/Users +400 +[\d.]+ +invalidSyntax$/m);
    expect(table.stdout).toMatch(/^\S+Z +no valid token +- +GET +\/Users\/:id +401 +[\d.]+$/m);
    const json = await run(['requests', 'list', '--json', '--limit', '1'], settings);
    expect(JSON.parse(json.stdout)).toMatchObject({
      requests: [{ status: 400 }],
      next_cursor: expect.any(String) as string,
    });
    expect(json.stdout + table.stdout).not.toContain('jane@example.com');
    const refused = await run(['requests', 'list', '--since', 'yesterday'], settings);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('is not a time')]);
  },
  120_000,
);
