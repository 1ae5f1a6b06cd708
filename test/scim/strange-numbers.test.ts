/** Invalid numbers and forged cursors are rejected with an error code, and are never a fault of the bridge. */
import { describe, expect, it } from 'vitest';
import { encodeCursor } from '../../src/scim/paging/cursor.ts';
import { userSchema } from '../../src/scim/schema/resource-schema.ts';
import { engines } from '../databases.ts';
import { startBridge } from '../feed/events/bridge.ts';

const NUMBERS = [
  '1e309',
  '-1e309',
  'NaN',
  'Infinity',
  '1e400',
  '0x10',
  '1.5',
  '9'.repeat(400),
  '',
  '%20',
  '1e3x',
];

describe.each(engines)('malicious input, on %s', (engine) => {
  it('an invalid number returns 400', async () => {
    const bridge = await startBridge(engine);
    const feed = await bridge.as('feed');
    for (const path of ['/feed/v1/accounts?limit=', '/feed/v1/changes?limit=', '/feed/v1/changes?wait=']) {
      for (const number of NUMBERS) {
        const { status, body } = await feed.call('GET', path + number);
        expect([200, 400], path + number + JSON.stringify(body)).toContain(status);
        if (/e309|e400|999/.test(number)) expect(body['code']).toBe('invalid_value');
      }
    }
    for (const name of ['count', 'startIndex']) {
      for (const number of ['1e309', 'NaN', '9'.repeat(400)])
        expect((await feed.call('GET', `/scim/v2/Users?${name}=${number}`)).status).toBe(400);
    }
  });

  it('a forged SCIM cursor returns 400, whatever is in it', async () => {
    const { as, clock } = await startBridge(engine);
    const { call } = await as('scim');
    await call('POST', '/scim/v2/Users', { userName: 'jane@example.com' });
    const keys = [null, '', 'x', '9'.repeat(40), 0, -1, 1.5, 1e300, 2 ** 60];
    const times = [0, -1, 1.5, 1e300, 2 ** 60];
    for (const sortBy of [undefined, 'userName', 'active', 'meta.created', 'title', 'meta.version', 'id']) {
      for (const key of keys) {
        for (const createdAt of key === null ? times : [0]) {
          const query = [userSchema.definition.id, 'acme', '', sortBy ?? '', false];
          const cursor = encodeCursor({ key, createdAt, id: 'x' }, query, clock.now());
          const path = `/scim/v2/Users?cursor=${cursor}${sortBy === undefined ? '' : `&sortBy=${sortBy}`}`;
          const { status, body } = await call('GET', path);
          expect([200, 400], `${path} ${JSON.stringify([key, createdAt, body])}`).toContain(status);
          if (status === 400) expect(body['scimType']).toBe('invalidCursor');
        }
      }
    }
  });
});
