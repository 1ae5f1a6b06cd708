/** A Security Event Token: the claims as a signed JWT (RFC 8417 section 2.3, RFC 7515). */
import { SignJWT } from 'jose';
import type { SigningKey } from './event-keys.ts';

/** @returns the compact serialisation */
export function signEvent(
  claims: Record<string, unknown>,
  { kid, algorithm, privateKey }: SigningKey,
): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: algorithm, kid, typ: 'secevent+jwt' })
    .sign(privateKey);
}
