/** The sender of a valid token: the workspace, which token it is, and what it may be used for. */
import type { Connection } from './connection.ts';

interface Holder {
  readonly workspace: string;
  readonly tokenId: string;
}

export type TokenHolder =
  /** An IdP, which pushes through its connection. */
  | (Holder & { readonly kind: 'scim'; readonly connection: Connection })
  /** A reader or an operator of the whole workspace. */
  | (Holder & { readonly kind: 'feed' | 'admin'; readonly connection?: undefined });
