/** Why somebody has access, and why not, seen from outside: by command and through the admin API. */
import { expect, it, onTestFinished } from 'vitest';
import type { ExplanationView } from '../../src/admin/explain-view.ts';
import { engines, freshDatabase } from '../databases.ts';
import { run } from '../cli/run-here.ts';
import { bootBridge, TOKENS } from './boot.ts';
import { client, person } from './client.ts';
import { eventually } from './eventually.ts';
import { openRealStage } from './real-stage.ts';

it.each(engines)(
  'explain names the request, the operation and the read behind access, and why there is none, on %s',
  async (engine) => {
    const { boot, settings } = await openRealStage({
      engine,
      profile: 'documented',
      sandbox: { auto_accept_seconds: -1 },
      mode: {
        members: [
          { email: 'boss@acme.example', admin: true },
          { email: 'ana@example.com' },
          { email: 'own@example.com' },
        ],
      },
    });
    const bridge = await boot();
    const { scim } = bridge;
    const admin = client(`${bridge.told('Admin URL')}/admin/api`, TOKENS.admin);
    const ask = async (query: string) =>
      (await admin('GET', `/explain?${query}`)).body as unknown as ExplanationView;
    const codes = ({ why }: { readonly why: ExplanationView['access']['why'] }) =>
      why.map(({ code }) => code);

    // Mode has groups of its own besides.
    const analysts = ({ groups }: ExplanationView) =>
      groups.find(({ name }) => name === 'Analysts') ?? { why: [], chain: [], in_mode: undefined };

    const ana = String((await scim('POST', '/Users', person('ana@example.com'))).body['id']);
    await scim('POST', '/Users', person('bo@example.com'));
    const { body: group } = await scim('POST', '/Groups', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
      displayName: 'Analysts',
      members: [{ value: ana }],
    });

    // Ana was in Mode before: her account is adopted, and she is put into the group.
    await eventually(async () => {
      const found = await ask('user=ana@example.com');
      expect(codes(found.access)).toEqual(['as_wanted']);
      expect(codes(analysts(found))).toEqual(['as_wanted']);
      expect(found.access.chain[0]?.request?.method).toBe('POST');
    });
    const found = await ask('user=ANA@example.com');
    expect(found.person).toMatchObject({ id: ana, connection: 'default' });
    expect(found.account).toMatchObject({
      state: 'active',
      match: expect.stringContaining('took it over') as string,
    });
    expect(found.access).toMatchObject({ wanted: true, in_mode: true, delivery: 'verified' });
    expect(found.access.read_at).not.toBeNull();
    expect(found.access.chain[0]).toMatchObject({
      step: 'request',
      text: 'The IdP created the user ana@example.com.',
      request: { method: 'POST', route: '/Users', status: 201, connection: 'default' },
    });
    expect(found.access.chain.map(({ step }) => step)).toContain('match');
    expect(codes(found.role)).toEqual(['role_not_named']);
    expect(analysts(found).chain.map(({ step, text }) => `${step}: ${text}`)).toEqual([
      'request: The IdP put them into the group.',
      'operation: The bridge added ana@example.com to the group "Analysts": Mode accepted it.',
    ]);
    expect(analysts(found).chain[0]?.request).toMatchObject({ route: '/Groups', status: 201 });

    // Bo is invited, and has not accepted.
    await eventually(async () => {
      expect(codes((await ask('user=bo@example.com')).access)).toEqual(['invite_pending']);
    });
    expect(codes((await ask('user=bo@example.com&group=Analysts')).groups[0] ?? { why: [] })).toEqual([
      'never_in_group',
    ]);
    expect((await ask('user=bo@example.com&group=Nobody')).groups.map(codes)).toEqual([['no_such_group']]);
    // No API of Mode makes anybody an admin: the explanation has the task as the list of tasks has it.
    await scim('POST', '/Users', person('own@example.com', { roles: [{ value: 'admin' }] }));
    await eventually(async () => {
      expect(codes((await ask('user=own@example.com')).role)).toEqual(['task']);
    });
    const { stdout: tasks } = await run(['tasks', 'list', '--json'], settings);
    const [listed] = JSON.parse(tasks) as readonly Record<'id' | 'what' | 'why' | 'link', string>[];
    const { id = '', what = '', why = '', link = '' } = listed ?? {};
    const [waiting] = (await ask('user=own@example.com')).role.why;
    expect(waiting).toMatchObject({ task: { id, what, why, link } });
    expect([id, what, link]).not.toContain('');
    const { stdout: waits } = await run(['explain', 'own@example.com'], settings);
    for (const part of [id, what, `Next: Do it in Mode at ${link}.`]) expect(waits).toContain(part);

    // Nobody has pushed these.
    await eventually(async () => {
      expect(codes((await ask('user=boss@acme.example')).access)).toEqual(['not_pushed']);
    });
    expect((await ask('user=boss@acme.example')).account).toMatchObject({ state: 'active' });
    expect(await ask('user=none@example.com')).toMatchObject({ person: null, account: null });

    // Ana is taken out of the group, and then leaves.
    const patch = (operation: object) => ({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [operation],
    });
    await scim(
      'PATCH',
      `/Groups/${String(group['id'])}`,
      patch({ op: 'remove', path: `members[value eq "${ana}"]` }),
    );
    await eventually(async () => {
      const group = analysts(await ask('user=ana@example.com'));
      expect([codes(group), group.in_mode]).toEqual([['withdrawn'], false]);
    });
    await scim('PATCH', `/Users/${ana}`, patch({ op: 'replace', path: 'active', value: false }));
    await eventually(async () => {
      const gone = await ask(`user=${ana}`);
      expect([gone.access.in_mode, gone.access.delivery, codes(gone.access)]).toEqual([
        false,
        'verified',
        ['withdrawn'],
      ]);
      expect(gone.access.chain.findLast(({ step }) => step === 'request')?.request?.method).toBe('PATCH');
    });
    const { access } = await ask(`user=${ana}`);
    const withdrawing = access.chain.findLast(({ step }) => step === 'request')?.request?.id ?? '';
    expect(access.why[0]?.text).toContain(`in request ${withdrawing}`);
    expect(access.chain.map(({ text }) => text)).toContain(
      'The bridge removed ana@example.com from the workspace: Mode accepted it.',
    );

    const text = await run(['explain', 'ana@example.com'], settings);
    expect([text.code, text.stderr]).toEqual([0, '']);
    if (process.env['SHOW'] !== undefined) {
      process.stderr.write(text.stdout);
      for (const who of ['bo@example.com', 'own@example.com', 'none@example.com'])
        process.stderr.write(`\n${(await run(['explain', who], settings)).stdout}`);
    }
    expect(text.stdout).toContain('Workspace: not in Mode; the IdP does not want it; verified.');
    expect(text.stdout).toMatch(/Request [0-9a-f-]{36}: PATCH \/Users\/:id by "default", answered 200\./);
    const json = await run(['explain', ana, '--json', '--group', 'Analysts'], settings);
    expect(JSON.parse(json.stdout)).toMatchObject({ person: { id: ana }, groups: [{ name: 'Analysts' }] });
    expect(await run(['explain', ' '], settings)).toMatchObject({ code: 2, stdout: '' });
    expect((await admin('GET', '/explain')).status).toBe(400);
    expect((await admin('GET', '/workspaces/globex/explain?user=x')).status).toBe(404);
  },
  120_000,
);

it('state shows who had access at a time, and what differs between two', async () => {
  const settings: Record<string, string> = { BRIDGE_DATABASE_URL: await freshDatabase('sqlite') };
  const bridge = await bootBridge({ ...settings, SANDBOX_PROFILE: 'documented' });
  onTestFinished(async () => {
    await bridge.stop();
  });
  const scim = client(bridge.told('SCIM Base URL'), TOKENS.scim);
  const now = () => new Date().toISOString();
  await scim('POST', '/Users', person('ana@example.com'));
  const before = now();
  const { body } = await scim('POST', '/Users', person('bo@example.com'));
  await scim(
    'DELETE',
    `/Users/${String((await scim('POST', '/Users', person('gone@example.com'))).body['id'])}`,
  );
  const patch = { Operations: [{ op: 'replace', path: 'roles', value: [{ value: 'admin' }] }] };
  expect((await scim('PATCH', `/Users/${String(body['id'])}`, patch)).status).toBe(200);
  const after = now();

  const first = await run(['state', '--at', before], settings);
  expect([first.code, first.stderr]).toEqual([0, '']);
  expect(first.stdout).toMatch(/^ {2}IdP {3}person {2}ana@example\.com: no role named$/m);
  expect(first.stdout).not.toContain('bo@example.com');
  const diff = await run(['state', 'diff', before, after], settings);
  expect(diff.stdout).toMatch(/^\+ IdP {3}person {2}bo@example\.com: admin$/m);
  expect(diff.stdout).not.toMatch(/gone@|IdP +person +ana@/);
  const json = await run(['state', 'diff', before, after, '--json'], settings);
  const { differences } = JSON.parse(json.stdout) as { differences: readonly object[] };
  expect(differences).toContainEqual({
    change: 'added',
    entry: { side: 'idp', what: 'person', group: '', name: 'bo@example.com', detail: 'admin' },
  });
  const { stdout: wholeState } = await run(['state', '--at', before, '--json'], settings);
  expect(JSON.parse(wholeState)).toMatchObject({
    workspace: 'acme',
    entries: expect.any(Array) as unknown[],
  });
  // The admin API has the same.
  const admin = client(`${bridge.told('Admin URL')}/admin/api`, TOKENS.admin);
  for (const place of ['', '/workspaces/acme']) {
    expect((await admin('GET', `${place}/state?at=${before}`)).body).toEqual(JSON.parse(wholeState));
    const compared = await admin('GET', `${place}/state/diff?from=${before}&to=${after}`);
    expect([compared.status, compared.body['differences']]).toEqual([200, differences]);
  }
  for (const [path, status] of [
    ['/state', 400],
    ['/state?at=yesterday', 400],
    ['/state?at=2001-01-01T00:00:00Z', 400],
    [`/state/diff?from=${after}&to=${before}`, 400],
    [`/workspaces/globex/state?at=${before}`, 404],
  ] as const)
    expect([path, (await admin('GET', path)).status]).toEqual([path, status]);

  for (const [args, text] of [
    [[], 'Give a time'],
    [['--at', 'yesterday'], 'is not a time'],
    [['--at', '2001-01-01T00:00:00Z'], 'The change log begins at'],
    [['--at', '2999-01-01T00:00:00Z'], 'is in the future'],
    [['diff', after, before], 'The first time is after'],
  ] as const) {
    const refused = await run(['state', ...args], settings);
    expect([args, refused.code, refused.stdout]).toEqual([args, 2, '']);
    expect(refused.stderr).toContain(text);
  }
}, 60_000);
