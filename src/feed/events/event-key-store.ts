/** The storage port for the keys that sign events. */

export interface StoredKey {
  /** The public key's thumbprint (RFC 7638). */
  readonly kid: string;
  /** The public key as a JWK, JSON text. */
  readonly publicKey: string;
  /** PKCS #8 as PEM; null for a key from a setting, and for a key that no longer signs. */
  readonly privateKey: string | null;
  readonly createdAt: number;
}

export interface EventKeyStore {
  /** Newest first, at most `limit`. */
  keys(limit: number): Promise<readonly StoredKey[]>;
  /** Adds the key unless it exists. Deletes the private keys of all others, and keeps their public keys. */
  addKey(key: StoredKey, by?: string | null): Promise<void>;
}
