/** Reads a Security Event Token strictly according to RFC 7515 and RFC 7517, without the code that created it. */
import { createPublicKey, verify, type webcrypto } from 'node:crypto';

export interface EventSet {
  readonly header: { readonly alg: string; readonly kid: string; readonly typ: string };
  readonly claims: {
    readonly iss: string;
    readonly aud: string;
    readonly iat: number;
    readonly toe: number;
    readonly jti: string;
    readonly txn: string;
    readonly sub_id: { readonly format: string; readonly uri: string; readonly externalId?: string };
    readonly events: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  };
}

export interface KeySet {
  readonly keys: readonly (webcrypto.JsonWebKey & { kid: string; alg: string })[];
}

/** @throws Error if the signature does not match the key that the header names */
export function readSet(text: string, keySet: KeySet): EventSet {
  const parts = text.split('.');
  const [header = '', payload = '', signature = ''] = parts;
  if (parts.length !== 3 || /[^\w-]/.test(parts.join(''))) throw new Error('This is not a compact JWS.');
  const read = { header: decoded(header), claims: decoded(payload) } as EventSet;
  const jwk = keySet.keys.find(({ kid }) => kid === read.header.kid);
  if (jwk?.alg !== read.header.alg) throw new Error('The key of the header is not published.');
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  const how = read.header.alg === 'ES256' ? ({ key, dsaEncoding: 'ieee-p1363' } as const) : key;
  const signed = Buffer.from(`${header}.${payload}`, 'ascii');
  if (!verify('sha256', signed, how, Buffer.from(signature, 'base64url')))
    throw new Error('A wrong signature.');
  return read;
}

function decoded(part: string): unknown {
  return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
}
