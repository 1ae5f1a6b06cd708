/**
 * KSUIDs: the ids of syncs in a c1z file. Four bytes of seconds since 1400000000 and sixteen random ones, in base 62
 * with the digits first: 27 characters, which sort as the times do.
 */
const EPOCH_SECONDS = 1_400_000_000;
const LAST_SECOND = EPOCH_SECONDS + 0xffff_ffff;
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const LENGTH = 27;
export const KSUID_RANDOM_BYTES = 16;

/**
 * @param now milliseconds since the epoch; before 2014 and after 2150 the nearest second that it can hold stands for it
 * @param random sixteen bytes, which make it different from all others
 */
export function ksuid(now: number, random: Uint8Array): string {
  const seconds = Math.min(Math.max(Math.floor(now / 1_000), EPOCH_SECONDS), LAST_SECOND);
  if (random.length !== KSUID_RANDOM_BYTES) {
    throw new RangeError(`A KSUID takes ${KSUID_RANDOM_BYTES} random bytes, not ${random.length}.`);
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
