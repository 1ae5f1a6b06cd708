/** The connection that every bridge has, and its tokens, on a store. */
import type { Connection } from '../src/directory/access/connection.ts';
import type { TokenKind } from '../src/directory/access/token.ts';
import type { TokenPlace } from '../src/directory/access/tokens.ts';
import type { Store } from '../src/store/open-store.ts';

export async function defaultConnection(
  { access }: Pick<Store, 'access'>,
  workspace = 'acme',
): Promise<Connection> {
  const connection = { id: 'default', workspace, name: 'default', state: 'live' } as const;
  await access.addConnection({ ...connection, createdAt: 0 });
  return connection;
}

/** Where a token of the kind belongs, for `createToken`. */
export function placeOf(kind: TokenKind, workspace = 'acme'): TokenPlace {
  return { workspace, connectionId: kind === 'scim' ? 'default' : null, kind };
}
