/**
 * KSUIDs, the ids of syncs in a c1z file: four bytes with the seconds since 1400000000 and sixteen random bytes, in base 62
 * with the digits first. The 27 characters sort in order of time.
 */
const EPOCH_SECONDS = 1_400_000_000;
const LAST_SECOND = EPOCH_SECONDS + 0xffff_ffff;
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const LENGTH = 27;
export const KSUID_RANDOM_BYTES = 16;

/**
 * @param now milliseconds since the epoch; a time before 2014 or after 2150 becomes the nearest possible second
 * @param random sixteen bytes that make the id unique
 */
export function ksuid(now: number, random: Uint8Array): string {
  const seconds = Math.min(Math.max(Math.floor(now / 1_000), EPOCH_SECONDS), LAST_SECOND);
  if (random.length !== KSUID_RANDOM_BYTES) {
    throw new RangeError(`A KSUID needs ${KSUID_RANDOM_BYTES} random bytes, not ${random.length}.`);
  }
  let number = BigInt(seconds - EPOCH_SECONDS);
  for (const byte of random) number = (number << 8n) | BigInt(byte);
  let text = '';
  while (text.length < LENGTH) {
    text = ALPHABET.charAt(Number(number % 62n)) + text;
    number /= 62n;
  }
  return text;
}
