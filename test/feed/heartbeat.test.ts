/** Event streams without changes, with a clock on which waiting takes no time. */
import { expect, it } from 'vitest';
import { person } from '../acceptance/client.ts';
import { startBridge } from './events/bridge.ts';

const TEN_MINUTES = 10 * 60_000;

it('a stream without changes has a comment every 15 seconds, and ends after ten minutes', async () => {
  const bridge = await startBridge('sqlite');
  const { call } = await bridge.as('scim');
  expect((await call('POST', '/scim/v2/Users', person('jane@example.com'))).status).toBe(201);
  const { token } = await bridge.as('feed');
  const begun = bridge.clock.now();
  const answer = await fetch(`${bridge.origin}/feed/v1/changes?after=0`, {
    headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' },
  });
  const frames = (await answer.text()).trimEnd().split('\n\n');
  expect(frames[0]).toBe('retry: 3000');
  expect(frames[1]).toMatch(/^id: \d+\nevent: changes\ndata: /);
  expect(frames.slice(2)).toEqual(Array.from({ length: TEN_MINUTES / 15_000 }, () => ': still here'));
  expect(bridge.clock.now() - begun).toBe(TEN_MINUTES);
});
