/** Parses a date and time as clients write them: with more digits than milliseconds, with or without a time zone. */
const INSTANT = /^(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d(?::\d\d)?)(\.\d{1,12})?\s?([Zz]|[-+]\d\d:?\d\d)?)?$/;

/** @returns milliseconds since the epoch, possibly with a fraction; undefined for text that is not a date */
export function parseInstant(text: string): number | undefined {
  const match = INSTANT.exec(text.trim());
  if (match === null) return undefined;
  const [, date = '', time = '00:00', fraction = '', zone = 'Z'] = match;
  const offset = zone.toUpperCase() === 'Z' ? 'Z' : zone.replace(/^([-+]\d\d):?(\d\d)$/, '$1:$2');
  const whole = Date.parse(`${date}T${time}${offset}`);
  if (Number.isNaN(whole)) return undefined;
  return whole + (fraction === '' ? 0 : Number(`0${fraction}`) * 1_000);
}
