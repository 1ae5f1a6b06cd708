/** Whoever has come with a valid token: its connection, which token it is, and what that may be used for. */
import type { Connection } from './connection.ts';
import type { TokenKind } from './token.ts';

export interface TokenHolder extends Connection {
  readonly tokenId: string;
  readonly kind: TokenKind;
}
