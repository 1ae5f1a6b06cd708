/** Bearer tokens, as operators create, list and revoke them. */
import type { Clock } from '../clock.ts';
import { TOKEN_KINDS, type Token, type TokenKind, type TokenStore } from '../directory/access/token.ts';
import { createToken } from '../directory/access/tokens.ts';
import { BridgeError } from '../errors.ts';
import type { Connections } from './connections.ts';

export interface Tokens {
  /**
   * Makes a SCIM token of the connection, or a token of another kind for the workspace.
   * @param kind one of TOKEN_KINDS
   * @param place what is not given must be the only one
   * @returns the record, and the text of the token, which is stored nowhere
   * @throws BridgeError invalid_value, not_found
   */
  create(
    kind: string,
    place: { readonly workspace?: string; readonly connection?: string },
    label: string,
  ): Promise<{ readonly token: Token; readonly text: string }>;
  /** @throws BridgeError not_found */
  list(workspace?: string): Promise<readonly Token[]>;
  /** @throws BridgeError not_found */
  revoke(id: string): Promise<void>;
}

export function createTokens(
  store: TokenStore,
  connections: Pick<Connections, 'find' | 'workspace'>,
  clock: Clock,
): Tokens {
  return {
    create: async (kindText, place, label) => {
      const kind = tokenKind(kindText);
      if (kind === 'scim' || place.connection !== undefined) {
        const { id, workspace } = await connections.find(place.workspace, place.connection);
        return createToken(store, clock, {
          workspace,
          connectionId: kind === 'scim' ? id : null,
          kind,
          label,
        });
      }
      const workspace = await connections.workspace(place.workspace);
      return createToken(store, clock, { workspace, connectionId: null, kind, label });
    },
    list: async (slug) => {
      const tokens = await store.tokens();
      if (slug === undefined) return tokens;
      const workspace = await connections.workspace(slug);
      return tokens.filter((token) => token.workspace === workspace);
    },
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
