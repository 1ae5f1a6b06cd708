/** The use cases of tokens: make, list, revoke, and the fixed ones that settings give. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import { BridgeError } from '../../errors.ts';
import type { ConnectionStore } from './connection-store.ts';
import type { Connection } from './connection.ts';
import {
  digestToken,
  generateToken,
  tokenPrefix,
  type Token,
  type TokenKind,
  type TokenStore,
} from './token.ts';

/** The connection that fixed tokens belong to, and that exists from the first start on. */
export const DEFAULT_CONNECTION = 'default';

/** A token that a setting fixed has the setting's name as its label. */
const SETTINGS: ReadonlySet<string> = new Set([
  'BRIDGE_SCIM_TOKEN',
  'BRIDGE_FEED_TOKEN',
  'BRIDGE_ADMIN_TOKEN',
]);

/** What a start did about a kind of token. */
export type StartToken =
  /** Created now: the only time that the text of the token is available. */
  | { readonly origin: 'generated'; readonly token: string }
  /** Made before, or fixed by a setting: not shown. */
  | { readonly origin: 'existing' | 'setting' };

/** Makes a token; the returned text is shown once and stored only as a digest. */
export async function createToken(
  store: TokenStore,
  clock: Clock,
  {
    connectionId,
    kind,
    label,
    text,
  }: { connectionId: string; kind: TokenKind; label: string; text?: string },
): Promise<{ readonly token: Token; readonly text: string }> {
  const secret = text ?? generateToken(kind);
  const token: Token = {
    id: randomUUID(),
    connectionId,
    kind,
    prefix: tokenPrefix(secret),
    digest: digestToken(secret),
    label,
    createdAt: clock.now(),
    revokedAt: null,
  };
  await store.addToken(token);
  return { token, text: secret };
}

/**
 * Brings the tokens of a kind in line with its setting at a start: a fixed token replaces the one fixed before; when
 * none is fixed and none is left, a random one is made.
 * @throws BridgeError invalid_config when the fixed text is a valid token of another kind already
 */
export async function prepareToken(
  store: TokenStore,
  clock: Clock,
  { kind, setting, fixed }: { kind: TokenKind; setting: string; fixed: string | undefined },
): Promise<StartToken> {
  const tokens = (await store.tokens()).filter((token) => token.revokedAt === null);
  const valid = tokens.filter((token) => token.kind === kind);
  const digest = fixed === undefined ? undefined : digestToken(fixed);
  // A token that a setting fixed before is replaced when its own kind is prepared.
  const other = tokens.find((token) => {
    return token.kind !== kind && token.digest === digest && !SETTINGS.has(token.label);
  });
  if (other !== undefined) {
    throw new BridgeError(
      'invalid_config',
      `${setting} is the text of a valid ${other.kind} token: give it a text of its own, or revoke that token ("tokens revoke ${other.id}").`,
    );
  }
  for (const stale of valid.filter((token) => token.label === setting && token.digest !== digest)) {
    await store.revokeToken(stale.id, clock.now());
  }
  const left = valid.filter((token) => token.label !== setting || token.digest === digest);
  const make = { connectionId: DEFAULT_CONNECTION, kind };
  if (fixed !== undefined) {
    if (!left.some((token) => token.digest === digest)) {
      await createToken(store, clock, { ...make, label: setting, text: fixed });
    }
    return { origin: 'setting' };
  }
  if (left.length > 0) return { origin: 'existing' };
  const { text } = await createToken(store, clock, { ...make, label: 'made at the first start' });
  return { origin: 'generated', token: text };
}

/** The connection of the workspace, made at the first start. */
export async function prepareConnection(
  store: ConnectionStore,
  clock: Clock,
  workspace: string,
): Promise<Connection> {
  const existing = await store.connection(DEFAULT_CONNECTION);
  if (existing !== undefined) return existing;
  const connection: Connection = {
    id: DEFAULT_CONNECTION,
    workspace,
    name: DEFAULT_CONNECTION,
  };
  await store.addConnection({ ...connection, createdAt: clock.now() });
  return connection;
}
