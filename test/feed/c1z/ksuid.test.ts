import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ksuid } from '../../../src/feed/c1z/ksuid.ts';

const FIRST = 1_400_000_000_000;
const LAST = FIRST + 0xffff_ffff * 1_000;
const instant = fc.integer({ min: FIRST, max: LAST });
const random = fc.uint8Array({ minLength: 16, maxLength: 16 });

/** Decodes base 62 with another algorithm. */
function bytesOf(text: string): Buffer {
  const number = Array.from(text).reduce((sum, letter) => {
    const code = letter.charCodeAt(0);
    const digit = code < 58 ? code - 48 : code < 91 ? code - 55 : code - 61;
    return sum * 62n + BigInt(digit);
  }, 0n);
  return Buffer.from(number.toString(16).padStart(40, '0'), 'hex');
}

describe('a KSUID', () => {
  it('is 27 characters of digits and letters', () => {
    fc.assert(
      fc.property(instant, random, (now, bytes) => {
        expect(ksuid(now, bytes)).toMatch(/^[0-9A-Za-z]{27}$/);
      }),
    );
  });
  it('holds the seconds since 1400000000, then the sixteen random bytes', () => {
    fc.assert(
      fc.property(instant, random, (now, bytes) => {
        const held = bytesOf(ksuid(now, bytes));
        expect(held.readUInt32BE(0)).toBe(Math.floor(now / 1_000) - 1_400_000_000);
        expect(held.subarray(4)).toEqual(Buffer.from(bytes));
      }),
    );
  });
  it('sorts as text in order of time', () => {
    fc.assert(
      fc.property(instant, instant, random, random, (a, b, x, y) => {
        fc.pre(Math.floor(a / 1_000) < Math.floor(b / 1_000));
        expect(ksuid(a, x) < ksuid(b, y)).toBe(true);
      }),
    );
  });
  it('is the published example for its time and bytes', () => {
    const bytes = Buffer.from('B5A1CD34B5F99D1154FB6853345C9735', 'hex');
    expect(ksuid((107_608_047 + 1_400_000_000) * 1_000, bytes)).toBe('0ujtsYcgvSTl8PAuAdqWYSMnLOv');
  });
  it('has the expected first and last values', () => {
    expect(ksuid(FIRST, new Uint8Array(16))).toBe('0'.repeat(27));
    expect(ksuid(LAST, new Uint8Array(16).fill(255))).toBe('aWgEPTl1tmebfsQzFP4bxwgy80V');
  });
  it('of a time out of range has the nearest possible time', () => {
    const bytes = new Uint8Array(16).fill(9);
    expect(ksuid(0, bytes)).toBe(ksuid(FIRST, bytes));
    expect(ksuid(LAST + 1_000_000, bytes)).toBe(ksuid(LAST, bytes));
  });
  it('needs exactly sixteen random bytes', () => {
    expect(() => ksuid(FIRST, new Uint8Array(15))).toThrow('16 random bytes');
  });
});
