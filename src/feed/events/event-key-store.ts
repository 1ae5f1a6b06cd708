/** The port to what remembers the keys that sign events. */

export interface StoredKey {
  /** The public key's thumbprint (RFC 7638). */
  readonly kid: string;
  /** The public key as a JWK, JSON text. */
  readonly publicKey: string;
  /** PKCS #8 as PEM; null for one that a setting gives, and for one that signs no more. */
  readonly privateKey: string | null;
  readonly createdAt: number;
}

export interface EventKeyStore {
  /** Newest first, at most `limit`. */
  keys(limit: number): Promise<readonly StoredKey[]>;
  /** A key that is known stays as it is. The private halves of all others are forgotten, their public ones stay. */
  addKey(key: StoredKey): Promise<void>;
}
