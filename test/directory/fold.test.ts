import { describe, expect, it } from 'vitest';
import { foldText } from '../../src/directory/fold.ts';

describe('text without regard to case', () => {
  it.each([
    ['Jane', 'jANE'],
    ['José', 'JOSE\u0301'],
    ['STRASSE', 'straße'],
    ['STRAẞE', 'strasse'],
    ['ΟΔΟΣ', 'οδος'],
    ['ΟΔΟΣ', 'οδοσ'],
    ['ﬁn', 'FIN'],
    ['\u212Bngström', 'ångström'],
    ['İx', 'i\u0307x'],
    ['ΐ', '\u03B9\u0308\u0301'],
  ])('%j is %j', (a, b) => {
    expect(foldText(a)).toBe(foldText(b));
    expect(foldText(foldText(a))).toBe(foldText(a));
  });

  it.each([
    ['ı', 'i'],
    ['é', 'e'],
    ['o', 'ö'],
    ['а', 'a'],
  ])('%j is not %j', (a, b) => {
    expect(foldText(a)).not.toBe(foldText(b));
  });
});
