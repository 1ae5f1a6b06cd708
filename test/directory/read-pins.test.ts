import { describe, expect, it } from 'vitest';
import { readPins } from '../../src/directory/access/read-pins.ts';

describe('a pinned profile', () => {
  it.each([
    [['auto'], { pinned: null, shapes: [] }],
    [['okta-put'], { pinned: 'okta-put', shapes: [] }],
    [['core-only'], { pinned: null, shapes: ['core-only'] }],
    [['core-only', 'always-body'], { pinned: null, shapes: ['always-body', 'core-only'] }],
    [['never-body', 'entra', 'core-only'], { pinned: 'entra', shapes: ['never-body', 'core-only'] }],
    [['core-only', 'core-only'], { pinned: null, shapes: ['core-only'] }],
  ])('consists of one IdP and any number of answer shapes: %j', (names, pins) => {
    expect(readPins(names)).toEqual(pins);
  });

  it.each([
    [['okta'], /no profile "okta".*okta-patch.*core-only/s],
    [['okta-put', 'entra'], /only one of okta-put, entra/],
    [['always-body', 'never-body'], /contradict/],
    [['core-only', 'full-discovery'], /contradict/],
  ])('is rejected with the reason if it is not valid: %j', (names, why) => {
    expect(() => readPins(names)).toThrow(why);
  });
});
