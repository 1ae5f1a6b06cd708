import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeConfig } from '../../src/config/describe-config.ts';
import { maskedUrl } from '../../src/config/masked-url.ts';

describe('a URL that is shown', () => {
  it.each([
    ['postgres://bridge:pass@db:5432/bridge', 'postgres://****@db:5432/bridge'],
    ['postgres://bridge:p@ss:w0rd@db/bridge', 'postgres://****@db/bridge'],
    ['postgres://bridge:p%40ss%2Fw@db/bridge', 'postgres://****@db/bridge'],
    ['postgres://secret@db/bridge', 'postgres://****@db/bridge'],
    [
      'postgres://db/bridge?user=u&password=secret&sslmode=require',
      'postgres://db/bridge?user=****&password=****&sslmode=require',
    ],
    ['postgres://db/bridge?password=sec@ret', 'postgres://****'],
    ['postgres://u:se/cret@db/bridge', 'postgres://****'],
    ['postgres://u:1/secret@db/bridge', 'postgres://****'],
    ['postgres://u:1?secret@db/bridge', 'postgres://****'],
    ['postgres://u:1#secret@db/bridge', 'postgres://****'],
    ['postgres://u:secret@/bridge?host=/run', 'postgres://****'],
    ['https://u:secret@x.test/scim', 'https://****@x.test/scim'],
    ['https://x.test/scim?token=secret#secret', 'https://x.test/scim?token=****'],
    ['sqlite:data/bridge.db', 'sqlite:data/bridge.db'],
    ['sqlite:/data/a@b.db', 'sqlite:/data/a@b.db'],
  ])('%s', (text, shown) => {
    expect(maskedUrl(text)).toBe(shown);
  });

  it('never shows a part of a password, whatever is in it', () => {
    const password = fc.string({
      unit: fc.constantFrom('@', ':', '/', '?', '#', '%', '&', '=', '[', ' ', 'Z', '9'),
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(password, (text) => {
        for (const written of [text, encodeURIComponent(text)]) {
          const line = maskedUrl(`postgres://usr:Q${written}Q@db.test/bridge`);
          expect(line).not.toMatch(/[QZ9]|usr/);
        }
      }),
    );
  });

  it('is so in check-config', () => {
    const lines = describeConfig({ BRIDGE_DATABASE_URL: 'postgres://u:p@ss@db/bridge' });
    expect(lines.find((line) => line.startsWith('BRIDGE_DATABASE_URL'))).toContain(
      ' postgres://****@db/bridge  (',
    );
  });
});
