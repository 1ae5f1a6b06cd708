import { expect, it } from 'vitest';
import { createLimit } from '../../src/feed/limit.ts';

it('calls above the limit are rejected, and a slot that is freed twice counts once', () => {
  const limit = createLimit(2, 'readers');
  const leave = limit.enter();
  limit.enter();
  expect(() => limit.enter()).toThrow(expect.objectContaining({ code: 'rate_limited' }));
  leave();
  leave();
  limit.enter();
  expect(() => limit.enter()).toThrow(expect.objectContaining({ code: 'rate_limited' }));
});
