/** The body of a `.search` (RFC 7644 section 3.4.3), read as the parameters that it stands for. */
import { BridgeError } from '../../errors.ts';
import { objectBody } from '../codec/read-user.ts';
import type { Parameters } from './list-request.ts';

/** Names in any case, numbers as numbers or text, lists of attributes as lists or text. @throws BridgeError */
export function searchParameters(body: unknown): Parameters {
  const values = new Map<string, string>();
  for (const [name, value] of Object.entries(objectBody(body))) {
    if (value === null || name.toLowerCase() === 'schemas') continue;
    const text =
      Array.isArray(value) && value.every((part) => typeof part === 'string') ? value.join(',') : value;
    if (typeof text === 'object') {
      throw new BridgeError(
        'invalid_value',
        `"${name.slice(0, 100)}" in a search request is to be text or a number.`,
      );
    }
    values.set(name.toLowerCase(), String(text));
  }
  return (name) => values.get(name);
}
