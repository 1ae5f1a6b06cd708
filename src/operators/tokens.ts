/** Bearer tokens, as operators create, list and revoke them. */
import type { Clock } from '../clock.ts';
import { TOKEN_KINDS, type Token, type TokenKind, type TokenStore } from '../directory/access/token.ts';
import { createToken } from '../directory/access/tokens.ts';
import { BridgeError } from '../errors.ts';
import type { Connections } from './connections.ts';
import { readTimeAhead } from './read-time.ts';

/** The tokens that the configuration sets, and operators cannot revoke. */
export interface TokenRules {
  /**
   * The setting, or the place in the file, that sets the token; undefined when no start makes it valid again.
   * @param connection the name of the connection of a SCIM token
   */
  placeOf(token: Token, connection: string | undefined): string | undefined;
}

/** `by` names the person in the change log. */
export interface Tokens {
  /**
   * Makes a SCIM token of the connection, or a token of another kind for the workspace.
   * @param kind one of TOKEN_KINDS
   * @param place a workspace or connection that is not given must be the only one @param expires a time, or how long
   * from now, such as 90d; default: the token is valid until it is revoked @returns the record, and the text of the
   * token, which is not stored
   * @throws BridgeError invalid_value, not_found
   */
  create(
    kind: string,
    place: { readonly workspace?: string; readonly connection?: string },
    {
      label,
      expires,
      by,
    }: { readonly label: string; readonly expires?: string | undefined; readonly by?: string },
  ): Promise<{ readonly token: Token; readonly text: string }>;
  /** @throws BridgeError not_found */
  list(workspace?: string): Promise<readonly Token[]>;
  /** @throws BridgeError not_found; conflict when the configuration sets the token */
  revoke(id: string, by?: string): Promise<void>;
}

export function createTokens(
  store: TokenStore,
  connections: Pick<Connections, 'find' | 'list' | 'workspace'>,
  clock: Clock,
  rules: TokenRules,
): Tokens {
  /** @throws BridgeError conflict */
  async function assertNotGiven(id: string): Promise<void> {
    const token = (await store.tokens()).find((one) => one.id === id && one.revokedAt === null);
    if (token === undefined) return;
    const connection = (await connections.list()).find((one) => one.id === token.connectionId);
    const place = rules.placeOf(token, connection?.name);
    if (place === undefined) return;
    throw new BridgeError(
      'conflict',
      `${place} gives this token, so the next start would make it valid again. Change or remove it there, and start the bridge again: the start revokes this token.`,
    );
  }

  return {
    create: async (kindText, place, { label, expires, by }) => {
      const kind = tokenKind(kindText);
      const expiresAt = expires === undefined ? null : readTimeAhead(expires, clock.now());
      const made = { kind, label, expiresAt, by };
      if (kind === 'scim' || place.connection !== undefined) {
        const { id, workspace } = await connections.find(place.workspace, place.connection);
        return createToken(store, clock, { workspace, connectionId: kind === 'scim' ? id : null, ...made });
      }
      const workspace = await connections.workspace(place.workspace);
      return createToken(store, clock, { workspace, connectionId: null, ...made });
    },
    list: async (slug) => {
      const tokens = await store.tokens();
      if (slug === undefined) return tokens;
      const workspace = await connections.workspace(slug);
      return tokens.filter((token) => token.workspace === workspace);
    },
    revoke: async (id, by) => {
      await assertNotGiven(id);
      if (await store.revokeToken(id, clock.now(), by)) return;
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
