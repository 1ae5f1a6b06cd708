/**
 * The key that signs events, and the earlier ones, which stay published so that their signatures can still be verified.
 * docs/decisions/0008 explains why the database may contain the key.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, type JWK } from 'jose';
import type { Clock } from '../../clock.ts';
import { BridgeError } from '../../errors.ts';
import type { EventKeyStore, StoredKey } from './event-key-store.ts';

/** The number of published keys: the signing key, and the newest of the others. */
const MAX_PUBLISHED = 16;
/** How long a bridge may use a key that another bridge has replaced. */
const CACHED_MS = 10_000;

export interface SigningKey {
  readonly kid: string;
  readonly algorithm: 'ES256' | 'RS256';
  readonly privateKey: KeyObject;
}

export interface EventKeys {
  /** Creates a key if there is none. Call it at each start. */
  prepare(): Promise<void>;
  signing(): Promise<SigningKey>;
  /** The public keys as a JWK set (RFC 7517), with the signing key first. */
  published(): Promise<{ readonly keys: readonly JWK[] }>;
  /** Replaces the key. @returns the new kid @throws BridgeError invalid_value if the key comes from a setting */
  rotate(by?: string): Promise<string>;
}

/** @param given the private key from the setting as PEM; undefined: a key is created and stored */
export function createEventKeys(store: EventKeyStore, clock: Clock, given: string | undefined): EventKeys {
  let known: { readonly key: SigningKey; readonly until: number } | undefined;

  /** The current signing key, from the setting or the database. */
  async function find(): Promise<SigningKey | undefined> {
    if (given !== undefined) return signingKey(createPrivateKey(given));
    const stored = (await store.keys(MAX_PUBLISHED)).find(({ privateKey }) => privateKey !== null);
    return stored?.privateKey == null ? undefined : signingKey(createPrivateKey(stored.privateKey));
  }

  async function add(key: KeyObject, keep: boolean, by?: string): Promise<string> {
    const stored = await storedKey(key, keep, clock.now());
    await store.addKey(stored, by);
    known = undefined;
    return stored.kid;
  }

  async function prepare(): Promise<void> {
    if (given !== undefined) await add(createPrivateKey(given), false, 'configuration');
    else if ((await find()) === undefined) await add(generate(), true, 'configuration');
  }

  async function signing(): Promise<SigningKey> {
    const now = clock.monotonic();
    if (known !== undefined && now < known.until) return known.key;
    const key = await find();
    if (key === undefined)
      throw new BridgeError('unavailable', 'There is no key to sign events yet. Try again.');
    known = { key, until: now + CACHED_MS };
    return key;
  }

  return {
    prepare,
    signing,

    published: async () => {
      const { kid } = await signing();
      const stored = await store.keys(MAX_PUBLISHED);
      const first = stored.filter((key) => key.kid === kid);
      const others = stored.filter((key) => key.kid !== kid);
      return { keys: [...first, ...others].map(({ publicKey }) => JSON.parse(publicKey) as JWK) };
    },

    rotate: async (by) => {
      if (given === undefined) return add(generate(), true, by);
      throw new BridgeError(
        'invalid_value',
        'The key comes from BRIDGE_EVENTS_KEY. Change the setting and restart. The old key stays published.',
      );
    },
  };
}

function generate(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}

async function signingKey(privateKey: KeyObject): Promise<SigningKey> {
  const kid = await calculateJwkThumbprint(await exportJWK(createPublicKey(privateKey)));
  return { kid, algorithm: algorithmOf(privateKey), privateKey };
}

async function storedKey(privateKey: KeyObject, keep: boolean, createdAt: number): Promise<StoredKey> {
  const { kid, algorithm } = await signingKey(privateKey);
  const jwk = await exportJWK(createPublicKey(privateKey));
  const publicKey = JSON.stringify({ ...jwk, kid, alg: algorithm, use: 'sig' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  return { kid, publicKey, privateKey: keep ? pem : null, createdAt };
}

function algorithmOf({ asymmetricKeyType }: KeyObject): SigningKey['algorithm'] {
  return asymmetricKeyType === 'rsa' ? 'RS256' : 'ES256';
}
