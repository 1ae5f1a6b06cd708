import { expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import {
  createToken,
  DEFAULT_CONNECTION,
  prepareConnection,
  prepareToken,
} from '../../src/directory/access/tokens.ts';
import { freshStore } from '../stores.ts';

const FIXED = 'a-token-that-is-long-enough';

async function open() {
  const { access } = await freshStore('sqlite');
  await prepareConnection(access, systemClock, 'acme');
  const prepare = (kind: 'scim' | 'feed', setting: string, fixed?: string) =>
    prepareToken(access, systemClock, { kind, setting, fixed });
  return { access, prepare };
}

it('a fixed token is refused when its text is a valid token of another kind', async () => {
  const { access, prepare } = await open();
  const made = { connectionId: DEFAULT_CONNECTION, kind: 'scim', label: 'by hand', text: FIXED } as const;
  const { token } = await createToken(access, systemClock, made);
  const fix = () => prepare('feed', 'BRIDGE_FEED_TOKEN', FIXED);
  await expect(fix()).rejects.toMatchObject({
    code: 'invalid_config',
    message: expect.stringContaining(`tokens revoke ${token.id}`) as string,
  });
  await access.revokeToken(token.id, systemClock.now());
  expect(await fix()).toEqual({ origin: 'setting' });
});

it('a text may move from the setting of one kind to that of another', async () => {
  const { access, prepare } = await open();
  await prepare('feed', 'BRIDGE_FEED_TOKEN', FIXED);
  await prepare('scim', 'BRIDGE_SCIM_TOKEN', FIXED);
  await prepare('feed', 'BRIDGE_FEED_TOKEN');
  const valid = (await access.tokens()).filter(
    (token) => token.revokedAt === null && token.label.startsWith('BRIDGE'),
  );
  expect(valid.map(({ kind }) => kind)).toEqual(['scim']);
});
