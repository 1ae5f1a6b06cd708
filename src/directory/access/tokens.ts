/** Makes tokens. */
import type { Clock } from '../../clock.ts';
import { digestToken, generateToken, tokenPrefix, type Token, type TokenStore } from './token.ts';
import { systemRandom } from '../../random.ts';

/** What a token opens: a workspace, or one connection of it. */
export type TokenPlace = Pick<Token, 'workspace' | 'connectionId' | 'kind'>;

interface NewToken {
  readonly label: string;
  readonly text?: string;
  readonly expiresAt?: number | null;
  /** Who makes it, for the record. */
  readonly by?: string | undefined;
}

/**
 * Makes a token; the returned text is shown once and stored only as a digest.
 * @param place a SCIM token needs a connection; every other kind has none
 * @param label where it comes from, for people
 * @param text a random one when not given
 * @param expiresAt null, or not given: it is valid until somebody revokes it
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
