/** Bearer tokens: shown once, kept as a SHA-256 digest. The kind of a token decides its use; kinds never mix. */
import { hash, timingSafeEqual } from 'node:crypto';
import { systemRandom, type Random } from '../../random.ts';

export const TOKEN_KINDS = ['scim', 'feed', 'admin'] as const;
export type TokenKind = (typeof TOKEN_KINDS)[number];

export interface Token {
  readonly id: string;
  readonly workspace: string;
  /** The connection of a SCIM token; null for every other kind, which belongs to the whole workspace. */
  readonly connectionId: string | null;
  readonly kind: TokenKind;
  /** Not secret: finds the row. */
  readonly prefix: string;
  /** SHA-256 of the token, hex. */
  readonly digest: string;
  /** Its origin, for people: the name of a setting, or the label that was given when it was created. */
  readonly label: string;
  readonly createdAt: number;
  readonly revokedAt: number | null;
  /** The end of its validity; null: valid until it is revoked. Milliseconds since the epoch. */
  readonly expiresAt: number | null;
}

/** The port to stored tokens. */
export interface TokenStore {
  findTokens(prefix: string): Promise<readonly Token[]>;
  tokens(): Promise<readonly Token[]>;
  /** @param by who creates it, for the change log */
  addToken(token: Token, by?: string | null): Promise<void>;
  /** @returns false when there is no such token or it is already revoked */
  revokeToken(id: string, at: number, by?: string | null): Promise<boolean>;
}

const SECRET_BYTES = 32;
const GENERATED = /^(mb(?:scim|feed|admin)_[0-9a-f]{12})_[A-Za-z0-9_-]+$/;

/** Creates a token of the kind: 256 random bits after a prefix that people and scanners recognise. */
export function generateToken(kind: TokenKind, { bytes }: Random = systemRandom): string {
  const text = (count: number, encoding: 'hex' | 'base64url') => Buffer.from(bytes(count)).toString(encoding);
  return `mb${kind}_${text(6, 'hex')}_${text(SECRET_BYTES, 'base64url')}`;
}

/** SHA-256, hex. A token has too much entropy to need a slow hash. */
export function digestToken(token: string): string {
  return hash('sha256', token);
}

/** The key of a token's row: the public part of a generated token, or the beginning of the digest of any other. */
export function tokenPrefix(token: string): string {
  return GENERATED.exec(token)?.[1] ?? `sha256:${digestToken(token).slice(0, 8)}`;
}

/** Whether the token is valid at that time. */
function isValid({ revokedAt, expiresAt }: Pick<Token, 'revokedAt' | 'expiresAt'>, now: number): boolean {
  return revokedAt === null && (expiresAt === null || now < expiresAt);
}

/**
 * Finds the row of a presented token, comparing digests in constant time.
 * @param now milliseconds since the epoch
 * @returns undefined for a token that is unknown, revoked, expired, or of another kind
 */
export async function authenticate(
  store: TokenStore,
  presented: string,
  kind: TokenKind,
  now: number,
): Promise<Token | undefined> {
  const digest = Buffer.from(digestToken(presented), 'hex');
  const candidates = await store.findTokens(tokenPrefix(presented));
  return candidates.find(
    (token) =>
      token.kind === kind && isValid(token, now) && timingSafeEqual(Buffer.from(token.digest, 'hex'), digest),
  );
}
