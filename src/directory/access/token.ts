/**
 * Bearer tokens: shown once, kept as a SHA-256 digest. A token's kind is what it may be used for; kinds never mix.
 */
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
  /** Where it comes from, for people: a setting's name, or what they typed when they made it. */
  readonly label: string;
  readonly createdAt: number;
  readonly revokedAt: number | null;
  /** It is not valid from this time on; null: it is until somebody revokes it. Milliseconds since the epoch. */
  readonly expiresAt: number | null;
}

/** The port to what remembers tokens. */
export interface TokenStore {
  findTokens(prefix: string): Promise<readonly Token[]>;
  tokens(): Promise<readonly Token[]>;
  /** @param by who makes it, for the record */
  addToken(token: Token, by?: string | null): Promise<void>;
  /** @returns false when there is no such token or it was revoked before. */
  revokeToken(id: string, at: number, by?: string | null): Promise<boolean>;
}

const SECRET_BYTES = 32;
const GENERATED = /^(mb(?:scim|feed|admin)_[0-9a-f]{12})_[A-Za-z0-9_-]+$/;

/** A fresh token of that kind: 256 random bits behind a prefix that people and scanners recognize. */
export function generateToken(kind: TokenKind, { bytes }: Random = systemRandom): string {
  const text = (count: number, encoding: 'hex' | 'base64url') => Buffer.from(bytes(count)).toString(encoding);
  return `mb${kind}_${text(6, 'hex')}_${text(SECRET_BYTES, 'base64url')}`;
}

/** SHA-256, hex. A token has too much entropy to need a slow hash. */
export function digestToken(token: string): string {
  return hash('sha256', token);
}

/** The part of a token that finds its row: the public part of a generated one, of any other a bit of its digest. */
export function tokenPrefix(token: string): string {
  return GENERATED.exec(token)?.[1] ?? `sha256:${digestToken(token).slice(0, 8)}`;
}

/** Whether the token opens anything at that time. */
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
