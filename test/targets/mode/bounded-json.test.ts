import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBounded } from '../../../src/targets/mode/client/bounded-json.ts';

const MEGABYTE = 1_000_000;

describe('untrusted JSON', () => {
  it('is parsed like JSON.parse does', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const text = JSON.stringify(value);
        expect(parseBounded(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each([
    ['arrays in arrays', '['.repeat(20 * MEGABYTE)],
    ['objects in objects', '{"a":'.repeat(4 * MEGABYTE)],
    ['millions of empty lists', `[${'[],'.repeat(6 * MEGABYTE)}1]`],
  ])('is rejected before parsing: %s', (_what, text) => {
    expect(() => parseBounded(text)).toThrow(RangeError);
  });

  it('may have any text in strings', () => {
    const text = JSON.stringify({ a: '['.repeat(1_000), b: '\\\\"[', c: ','.repeat(1_000) });
    expect(parseBounded(text)).toEqual(JSON.parse(text));
    expect(() => parseBounded(`"${'['.repeat(1_000)}`)).toThrow(SyntaxError);
  });
});
