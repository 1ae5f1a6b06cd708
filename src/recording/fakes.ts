/**
 * Replaces personal values with invented ones of the same form. The same value always becomes the same fake, whatever
 * its case, so that a recording still shows which values were equal, including the parts of a name or an address.
 */
const WORD = /[\p{L}\p{N}]+/gu;
const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;
/** Parts of a URI that are kept. */
const SCHEMES: ReadonlySet<string> = new Set(['mailto', 'tel', 'http', 'https', 'urn', 'data']);
const DIGITS = /^\p{N}+$/u;
const CONSONANTS = 'bdfgklmnprstvz';
const VOWELS = 'aeiou';

export interface Fakes {
  /** The same text with every word replaced. An address stays an address, in a domain that does not exist. */
  text(value: string): string;
  number(value: number): number;
}

export function createFakes(): Fakes {
  const words = new Map<string, string>();
  const numbers = new Map<string, string>();
  const ids = new Map<string, string>();

  /** @param make makes the fake of this number, counted from 0 */
  function fakeOf(known: Map<string, string>, value: string, make: (count: number) => string): string {
    const fake = known.get(value) ?? make(known.size);
    known.set(value, fake);
    return fake;
  }

  function word(value: string): string {
    if (DIGITS.test(value)) return fakeOf(numbers, value, (count) => String(1_000 + count));
    const lower = value.toLowerCase();
    if (SCHEMES.has(lower)) return value;
    const fake = fakeOf(words, lower, invented);
    if (value === lower) return fake;
    const upper = value.length > 1 && value === value.toUpperCase();
    return upper ? fake.toUpperCase() : fake.slice(0, 1).toUpperCase() + fake.slice(1);
  }

  function replaced(value: string): string {
    const parts = value.split(UUID);
    const found = value.match(UUID) ?? [];
    return parts
      .map((part, index) => {
        const id = found[index];
        const fake = id && fakeOf(ids, id.toLowerCase(), (count) => `fa4e0000-0000-4000-8000-${hex(count)}`);
        return part.replaceAll(WORD, word) + (fake ?? '');
      })
      .join('');
  }

  return {
    text: (value) => {
      const fake = replaced(value);
      const isAddress = /^\s*[^\s@]+@[^\s@]+\s*$/u.test(value);
      return isAddress ? `${fake.trimEnd()}.example` : fake;
    },
    number: (value) => Number(fakeOf(numbers, String(value), (count) => String(1_000 + count))),
  };
}

function hex(count: number): string {
  return count.toString(16).padStart(12, '0');
}

const KINDS = CONSONANTS.length * VOWELS.length;
const WORDS = KINDS ** 3;
/** Shares no divisor with the number of words: each count has another word, and neighbours look different. */
const STRIDE = 33_331;

/** A different invented word for each number. */
function invented(count: number): string {
  let left = ((count + 1) * STRIDE) % WORDS;
  let word = count < WORDS ? '' : invented(Math.floor(count / WORDS));
  for (let syllables = 0; syllables < 3; syllables += 1) {
    const place = left % KINDS;
    word += (CONSONANTS[Math.floor(place / VOWELS.length)] ?? '') + (VOWELS[place % VOWELS.length] ?? '');
    left = Math.floor(left / KINDS);
  }
  return word;
}
