/** The audit log from outside: what an IdP and operators do is in it, it is one chain over restarts, and a forged file is found. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { run } from '../cli/run-here.ts';
import { person } from './client.ts';
import { eventually } from './eventually.ts';
import { openRealStage, type RealStage } from './real-stage.ts';

let stage: RealStage;
let settings: Record<string, string>;
const folder = mkdtempSync(join(tmpdir(), 'bridge-audit-'));
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const publicFile = join(folder, 'public.pem');

beforeEach(async () => {
  const keyFile = join(folder, 'key.pem');
  writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(publicFile, publicKey.export({ type: 'spki', format: 'pem' }));
  stage = await openRealStage({ profile: 'documented', settings: { BRIDGE_AUDIT_KEY_FILE: keyFile } });
  ({ settings } = stage);
});

interface Entry {
  readonly type: string;
  readonly seq: number;
  readonly kind: string;
  readonly request_id: string | null;
  readonly data: string;
}

it('writes of an IdP and of operators are one signed chain over restarts, verified without a bridge', async () => {
  const first = await stage.boot();
  expect((await first.scim('POST', '/Users', person('ana@example.com'))).status).toBe(201);
  const token = await run(['tokens', 'create', 'feed', '--label', 'auditors'], settings);
  expect(token.code).toBe(0);
  await eventually(async () => {
    const { body } = await first.admin('GET', '/admin/api/audit?limit=1000');
    expect(body).toMatchObject({ waiting: 0, next: null });
    const kinds = (body['entries'] as readonly Entry[]).map(({ kind }) => kind);
    expect(kinds).toEqual(expect.arrayContaining(['user.created', 'token.created', 'delivery.changed']));
  });
  await first.stop();
  const second = await stage.boot();
  expect((await second.scim('POST', '/Users', person('bob@example.com'))).status).toBe(201);
  const paused = await second.admin('PUT', '/admin/api/workspaces/acme/connections/default/state', {
    state: 'paused',
  });
  expect(paused.status).toBe(200);

  const out = join(folder, 'audit.jsonl');
  const made = await run(['audit', 'export', '--out', out], settings);
  expect(made).toMatchObject({ code: 0, stderr: '' });
  expect(made.stdout).toContain('BEGIN PUBLIC KEY');
  await second.stop();

  const lines = readFileSync(out, 'utf8').trimEnd().split('\n');
  const entries = lines.map((line) => JSON.parse(line) as Entry).filter(({ type }) => type === 'entry');
  expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_entry, index) => index + 1));
  const dataOf = (kind: string) =>
    entries.filter((entry) => entry.kind === kind).map(({ data }) => JSON.parse(data) as unknown);
  expect(dataOf('token.created')).toContainEqual(
    expect.objectContaining({ opens: 'feed', label: 'auditors', by: 'command line' }),
  );
  expect(dataOf('connection.state_changed')).toEqual([
    expect.objectContaining({
      before: 'live',
      state: 'paused',
      by: expect.stringMatching(/^token /) as string,
    }),
  ]);
  expect(entries.find(({ kind }) => kind === 'user.created')?.request_id).toMatch(/./);
  const text = /token +(\S+)/.exec(token.stdout)?.[1] ?? '';
  expect(text).toMatch(/^mbfeed_/);
  expect(readFileSync(out, 'utf8')).not.toContain(text);

  // Nothing of the bridge is needed: no database and no settings.
  const verify = (file: string, ...more: string[]) => run(['audit', 'verify', file, ...more], {});
  expect(await verify(out)).toMatchObject({ code: 0, stderr: '' });
  const known = await verify(out, '--public-key', publicFile);
  expect(known).toMatchObject({ code: 0, stderr: '' });
  expect(known.stdout).toContain('Every signature was made with a key that was given.');
  expect(JSON.parse((await verify(out, '--json')).stdout)).toMatchObject({
    valid: true,
    workspace: 'acme',
    first: 1,
    last: entries.length,
  });
  const forged = join(folder, 'forged.jsonl');
  writeFileSync(forged, readFileSync(out, 'utf8').replace('auditors', 'auditerz'));
  const place = lines.findIndex((line) => line.includes('auditors')) + 1;
  const found = await verify(forged);
  expect(found.code).toBe(2);
  expect(found.stderr).toMatch(
    new RegExp(`^Line ${String(place)} is broken: entry \\d+ was changed[^\n]*\n$`),
  );
  for (const [args, message] of [
    [['audit', 'verify', join(folder, 'none')], 'does not exist'],
    [['audit', 'verify', publicFile], 'Line 1 is broken: it does not belong to an audit file'],
    [['audit', 'verify', out, '--public-key', out], 'The public key is not PEM'],
  ] as const) {
    const failed = await run(args, {});
    expect([failed.code, failed.stdout]).toEqual([2, '']);
    expect(failed.stderr).toContain(message);
  }
  const none = await run(['audit', 'export', '--out', out, '--to', '2001-01-01T00:00:00Z'], settings);
  expect(none.stderr).toContain('The audit log has no entry of this time.');
  expect((await run(['audit', 'export', '--out', out, '--from', 'soon'], settings)).code).toBe(2);
}, 60_000);
