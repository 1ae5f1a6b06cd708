import { expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { alignTokens } from '../../src/directory/access/align-tokens.ts';
import { createToken } from '../../src/directory/access/tokens.ts';
import { defaultConnection, placeOf } from '../access.ts';
import { freshStore } from '../stores.ts';

const FIXED = 'a-token-that-is-long-enough';

async function open() {
  const store = await freshStore('sqlite');
  const { access } = store;
  const connection = await defaultConnection(store);
  /** The token of each kind, from its setting. */
  const align = async (fixed: Partial<Record<'scim' | 'feed', string>>) => {
    const token = (kind: 'scim' | 'feed') => {
      const text = fixed[kind];
      const setting = `BRIDGE_${kind.toUpperCase()}_TOKEN`;
      return text === undefined ? undefined : { text, setting, place: setting };
    };
    const tokens = { scim: token('scim') };
    const connections = [{ name: 'default', state: undefined, tokens, profile: undefined }];
    const wanted = [{ slug: 'acme', tokens: { feed: token('feed'), admin: undefined }, connections }];
    return (await alignTokens(access, systemClock, wanted, [connection]))[0];
  };
  const valid = async () =>
    (await access.tokens()).filter((token) => token.revokedAt === null && token.label.startsWith('BRIDGE'));
  return { access, align, valid };
}

it('a fixed token is rejected if its text is a valid token of another kind', async () => {
  const { access, align } = await open();
  const { token } = await createToken(access, systemClock, {
    ...placeOf('scim'),
    label: 'by hand',
    text: FIXED,
  });
  await expect(align({ feed: FIXED })).rejects.toMatchObject({
    code: 'invalid_config',
    message: expect.stringContaining(`tokens revoke ${token.id}`) as string,
  });
  await access.revokeToken(token.id, systemClock.now());
  expect(await align({ feed: FIXED })).toMatchObject({ feed: { origin: 'setting' } });
});

it('a token text may move from the setting of one kind to the setting of another kind', async () => {
  const { align, valid } = await open();
  await align({ feed: FIXED });
  await align({ scim: FIXED });
  expect((await valid()).map(({ kind }) => kind)).toEqual(['scim']);
});

it('a token that no setting has any more is revoked, and a token created manually is not', async () => {
  const { access, align, valid } = await open();
  await createToken(access, systemClock, { ...placeOf('scim'), label: 'by hand' });
  await align({ scim: FIXED, feed: `${FIXED}-2` });
  expect(await valid()).toHaveLength(2);
  expect(await align({})).toMatchObject({
    connections: [{ scim: { origin: 'existing' } }],
    feed: { origin: 'generated' },
  });
  expect(await valid()).toEqual([]);
});
