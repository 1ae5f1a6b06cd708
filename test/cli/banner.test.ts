import { expect, it } from 'vitest';
import { banner } from '../../src/cli/banner.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { withMode } from '../with-mode.ts';

const mode = { baseUrl: 'https://mode.test', workspace: 'acme', key: { token: 'k', secret: 's' } };

function curlLines(token: { origin: 'generated'; token: string } | { origin: 'setting' | 'existing' }) {
  const app = {
    publicUrl: 'http://0.0.0.0:8080',
    adminUrl: 'http://127.0.0.1:8081',
    tokens: [{ slug: 'acme', feed: token, admin: token, connections: [{ name: 'default', scim: token }] }],
  };
  const lines = banner({ app, ...withMode(readConfig({}), mode), sandboxUrl: undefined });
  return lines.filter((line) => line.startsWith('curl'));
}

it('the curl lines can be pasted as they are when the token was made just now or comes from a setting', () => {
  for (const line of curlLines({ origin: 'generated', token: 'made-just-now' }))
    expect(line).toContain('Bearer made-just-now"');
  const [find, make, feed] = curlLines({ origin: 'setting' });
  for (const line of [find, make]) expect(line).toContain('Bearer $BRIDGE_SCIM_TOKEN"');
  expect(feed).toContain('Bearer $BRIDGE_FEED_TOKEN"');
});

it('they name no variable that nobody has set when the token was made at an earlier start', () => {
  const [find, make, feed] = curlLines({ origin: 'existing' });
  for (const line of [find, make]) expect(line).toContain('Bearer YOUR_SCIM_TOKEN"');
  expect(feed).toContain('Bearer YOUR_FEED_TOKEN"');
});
