/** Makes tokens. */
import type { Clock } from '../../clock.ts';
import { digestToken, generateToken, tokenPrefix, type Token, type TokenStore } from './token.ts';
import { systemRandom } from '../../random.ts';

/** The scope of a token: a workspace, or one of its connections. */
export type TokenPlace = Pick<Token, 'workspace' | 'connectionId' | 'kind'>;

interface NewToken {
  readonly label: string;
  readonly text?: string;
  readonly expiresAt?: number | null;
  /** Who creates it, for the change log. */
  readonly by?: string | undefined;
}

/**
 * Creates a token. The returned text is shown once and stored only as a digest. @param place a SCIM token needs a
 * connection; every other kind has none @param label its origin, for people @param text default: random @param
 * expiresAt default or null: valid until it is revoked
 */
export async function createToken(
  store: Pick<TokenStore, 'addToken'>,
  clock: Clock,
  { workspace, connectionId, kind, label, text, by, expiresAt = null }: TokenPlace & NewToken,
  random = systemRandom,
): Promise<{ readonly token: Token; readonly text: string }> {
  const secret = text ?? generateToken(kind, random);
  const token: Token = {
    id: random.id(),
    workspace,
    connectionId,
    kind,
    prefix: tokenPrefix(secret),
    digest: digestToken(secret),
    label,
    createdAt: clock.now(),
    revokedAt: null,
    expiresAt,
  };
  await store.addToken(token, by);
  return { token, text: secret };
}
