/**
 * Parses untrusted JSON. It checks the text before parsing, because deep nesting or very many values take many times the
 * size of the text in memory. Pure.
 */

/** Mode's responses nest six levels deep. */
const MAX_DEPTH = 64;
/** 100,000 members with 25 values each have half of this. */
const MAX_VALUES = 5_000_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;

/**
 * @param text bounded in size by the caller
 * @throws RangeError when it nests too deep or has too many values, SyntaxError when it is not JSON
 */
export function parseBounded(text: string): unknown {
  assertBounded(text);
  return JSON.parse(text) as unknown;
}

function assertBounded(text: string): void {
  let depth = 0;
  let values = 0;
  for (let index = 0; index < text.length; index += 1) {
    switch (text.charCodeAt(index)) {
      case QUOTE:
        index = endOfString(text, index);
        break;
      case 0x5b: // [
      case 0x7b: // {
        depth += 1;
        values += 1;
        if (depth > MAX_DEPTH) throw new RangeError(`it nests deeper than ${MAX_DEPTH} levels`);
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth -= 1;
        break;
      case COMMA:
        values += 1;
        break;
    }
    if (values > MAX_VALUES) throw new RangeError(`it has more than ${MAX_VALUES} values`);
  }
}

/** @returns the index of the closing quote, or the length of the text when there is none */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text.charCodeAt(end - 1 - escapes) === BACKSLASH) escapes += 1;
    if (escapes % 2 === 0) return end;
  }
  return text.length;
}
