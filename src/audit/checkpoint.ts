/**
 * A checkpoint: how the chain ended at an instant, signed with Ed25519. A person with access to the database can
 * compute a whole chain of hashes again, but cannot sign its checkpoints without the key.
 */
import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { BridgeError } from '../errors.ts';
import { canonicalText } from './entry.ts';

export interface Checkpoint {
  readonly workspace: string;
  /** The `seq` and the hash of the entry at which the chain ended. */
  readonly seq: number;
  readonly hash: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The `seq` of the checkpoint before it; 0 when there is none. It reveals a missing checkpoint. */
  readonly previous: number;
}

export interface Signature {
  /** The public key: SPKI in DER, base64. */
  readonly publicKey: string;
  /** Ed25519 over the canonical JSON, base64. */
  readonly signature: string;
}

export type SignedCheckpoint = Checkpoint & Signature;

/** Signs an object as canonical JSON. */
export interface AuditSigner {
  readonly publicKey: string;
  /** The same as PEM. */
  readonly publicPem: string;
  sign(value: object): Signature;
}

/** @param pem a private Ed25519 key, PKCS #8 */
export function createSigner(pem: string): AuditSigner {
  const key = createPrivateKey(pem);
  const publicObject = createPublicKey(key);
  const publicKey = keyText(publicObject);
  return {
    publicKey,
    publicPem: publicObject.export({ type: 'spki', format: 'pem' }),
    sign: (value) => ({
      publicKey,
      signature: sign(null, Buffer.from(canonicalText(value)), key).toString('base64'),
    }),
  };
}

/** The part of a checkpoint that is signed. */
export function checkpointBody({ workspace, seq, hash, at, previous }: Checkpoint) {
  return { type: 'checkpoint', workspace, seq, hash, at, previous };
}

/** Whether the signature belongs to this object and this key. */
export function isSigned(value: object, { publicKey, signature }: Signature): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), type: 'spki', format: 'der' });
    if (key.asymmetricKeyType !== 'ed25519' || keyText(key) !== publicKey) return false;
    const bytes = Buffer.from(signature, 'base64');
    // Base64 with other padding bits would be the same signature in another text.
    if (bytes.toString('base64') !== signature) return false;
    return verify(null, Buffer.from(canonicalText(value)), key, bytes);
  } catch {
    return false;
  }
}

/** A public key as the file has it. @param pem SPKI @throws BridgeError invalid_value */
export function publicKeyOf(pem: string): string {
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    throw new BridgeError('invalid_value', 'The public key is not PEM that begins with BEGIN PUBLIC KEY.');
  }
  if (key.asymmetricKeyType === 'ed25519') return keyText(key);
  throw new BridgeError('invalid_value', 'The public key is not an Ed25519 key.');
}

function keyText(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'der' }).toString('base64');
}
