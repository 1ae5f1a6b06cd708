import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeConfig } from '../../src/config/describe-config.ts';
import { readConfig } from '../../src/config/read-config.ts';

const pkcs8 = { type: 'pkcs8', format: 'pem' } as const;
const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });
const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength });

describe('the key that signs events', () => {
  it.each([
    ['P-256', ec('P-256').privateKey.export(pkcs8)],
    ['P-256 as SEC 1', ec('P-256').privateKey.export({ type: 'sec1', format: 'pem' })],
    ['RSA', rsa(2_048).privateKey.export(pkcs8)],
  ])('may be %s, from a file, or in one line', (_what, pem) => {
    const path = join(mkdtempSync(join(tmpdir(), 'bridge-key-')), 'key.pem');
    writeFileSync(path, pem);
    expect(readConfig({ BRIDGE_EVENTS_KEY_FILE: path }).server.eventsKey).toBe(pem.trim());
    const line = { BRIDGE_EVENTS_KEY: pem.trim().replaceAll('\n', '\\n') };
    expect(readConfig(line).server.eventsKey).toBe(pem.trim());
    expect(describeConfig(line).find((text) => text.startsWith('BRIDGE_EVENTS_KEY'))).toMatch(/ \*{4} {2}\(/);
  });

  it.each([
    ['another curve', ec('P-384').privateKey.export(pkcs8)],
    ['a short RSA key', rsa(1_024).privateKey.export(pkcs8)],
    ['another kind of key', generateKeyPairSync('ed25519').privateKey.export(pkcs8)],
    ['a public key', ec('P-256').publicKey.export({ type: 'spki', format: 'pem' })],
    ['no key', 'secret-words'],
  ])('is not %s, and what it is stays out of the message', (_what, value) => {
    const read = () => readConfig({ BRIDGE_EVENTS_KEY: value });
    expect(read).toThrow(/BRIDGE_EVENTS_KEY: expects a/);
    expect(read).not.toThrow(value.split('\n')[1] ?? value);
  });
});
