/** Signature tokens of the Discovery API: created with an admin's key, used as bearer tokens, valid until they expire. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../../clock.ts';
import { newToken } from './new-token.ts';

const MAX_TOKENS = 1_000;

interface SignatureToken {
  readonly name: string;
  readonly expiresAt: number;
  /** Of the access key and secret. */
  readonly digest: Buffer;
}

export interface DiscoveryTokens {
  /** The secret is returned only here. */
  mint(name: string, expiresAt: number): { token: string; accessKey: string; accessSecret: string };
  /** @returns the revoked token; undefined when it does not exist */
  revoke(token: string): Pick<SignatureToken, 'name' | 'expiresAt'> | undefined;
  /** @param bearer the text after "Bearer": base64 of token:access_key:access_secret */
  valid(bearer: string): boolean;
}

export function createDiscoveryTokens(clock: Clock): DiscoveryTokens {
  const tokens = new Map<string, SignatureToken>();
  const digestOf = (text: string) => createHash('sha256').update(text).digest();

  return {
    mint: (name, expiresAt) => {
      const [token, accessKey] = [newToken(), newToken()];
      const accessSecret = randomBytes(24).toString('hex');
      const [oldest] = tokens.keys();
      if (tokens.size >= MAX_TOKENS && oldest !== undefined) tokens.delete(oldest);
      tokens.set(token, { name, expiresAt, digest: digestOf(`${accessKey}:${accessSecret}`) });
      return { token, accessKey, accessSecret };
    },
    revoke: (token) => {
      const known = tokens.get(token);
      tokens.delete(token);
      return known;
    },
    valid: (bearer) => {
      const [token = '', ...rest] = Buffer.from(bearer, 'base64').toString().split(':');
      const known = tokens.get(token);
      if (known === undefined || clock.now() >= known.expiresAt) return false;
      return timingSafeEqual(digestOf(rest.join(':')), known.digest);
    },
  };
}
