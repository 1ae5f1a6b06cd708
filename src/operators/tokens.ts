/** Bearer tokens, as operators create, list and revoke them. */
import type { Clock } from '../clock.ts';
import { TOKEN_KINDS, type Token, type TokenKind, type TokenStore } from '../directory/access/token.ts';
import { createToken, DEFAULT_CONNECTION } from '../directory/access/tokens.ts';
import { BridgeError } from '../errors.ts';
import type { Connections } from './connections.ts';

export interface Tokens {
  /**
   * @param kind one of TOKEN_KINDS
   * @returns the record, and the text of the token, which is stored nowhere
   * @throws BridgeError invalid_value, not_found
   */
  create(
    kind: string,
    connectionId: string | undefined,
    label: string,
  ): Promise<{ readonly token: Token; readonly text: string }>;
  list(): Promise<readonly Token[]>;
  /** @throws BridgeError not_found */
  revoke(id: string): Promise<void>;
}

export function createTokens(
  store: TokenStore,
  connections: Pick<Connections, 'assertExists'>,
  clock: Clock,
): Tokens {
  return {
    create: async (kind, connectionId = DEFAULT_CONNECTION, label) => {
      await connections.assertExists(connectionId);
      return createToken(store, clock, { connectionId, kind: tokenKind(kind), label });
    },
    list: () => store.tokens(),
    revoke: async (id) => {
      if (await store.revokeToken(id, clock.now())) return;
      throw new BridgeError(
        'not_found',
        `There is no valid token with the id ${id}: "tokens list" shows them.`,
      );
    },
  };
}

function tokenKind(text: string): TokenKind {
  const kind = TOKEN_KINDS.find((candidate) => candidate === text);
  if (kind !== undefined) return kind;
  throw new BridgeError(
    'invalid_value',
    `"${text}" is not a kind of token. Use one of: ${TOKEN_KINDS.join(', ')}.`,
  );
}
