/** Reads the body of a `.search` (RFC 7644 section 3.4.3) as list parameters. */
import { BridgeError } from '../../errors.ts';
import { objectBody } from '../codec/read-user.ts';
import type { Parameters } from './list-request.ts';

/** Names may be in any case, numbers may be text, and lists of attributes may be lists or text. @throws BridgeError */
export function searchParameters(body: unknown): Parameters {
  const values = new Map<string, string>();
  for (const [name, value] of Object.entries(objectBody(body))) {
    if (value === null || name.toLowerCase() === 'schemas') continue;
    const text =
      Array.isArray(value) && value.every((part) => typeof part === 'string') ? value.join(',') : value;
    if (typeof text === 'object') {
      throw new BridgeError(
        'invalid_value',
        `"${name.slice(0, 100)}" in a search request must be a string or a number.`,
      );
    }
    values.set(name.toLowerCase(), String(text));
  }
  return (name) => values.get(name);
}
