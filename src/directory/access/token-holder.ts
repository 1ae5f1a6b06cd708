/** The sender of a valid token: the connection, which token it is, and what it may be used for. */
import type { Connection } from './connection.ts';
import type { TokenKind } from './token.ts';

export interface TokenHolder extends Connection {
  readonly tokenId: string;
  readonly kind: TokenKind;
}
