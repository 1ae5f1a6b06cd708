import { expect, it } from 'vitest';
import { createLimit } from '../../src/feed/limit.ts';

it('so many come in, no more, and a place that is given back twice is one place', () => {
  const limit = createLimit(2, 'readers');
  const leave = limit.enter();
  limit.enter();
  expect(() => limit.enter()).toThrow(expect.objectContaining({ code: 'rate_limited' }));
  leave();
  leave();
  limit.enter();
  expect(() => limit.enter()).toThrow(expect.objectContaining({ code: 'rate_limited' }));
});
