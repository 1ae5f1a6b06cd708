/** Mode's tokens: 12 hexadecimal characters. */
import { randomBytes } from 'node:crypto';

export function newToken(): string {
  return randomBytes(6).toString('hex');
}
