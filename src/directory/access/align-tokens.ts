/** Updates the tokens of the database to the configuration, at a start. */
import type { Clock } from '../../clock.ts';
import { BridgeError } from '../../errors.ts';
import { CONFIGURATION } from '../decision.ts';
import type { Connection } from './connection.ts';
import { digestToken, type Token, type TokenStore } from './token.ts';
import { createToken, type TokenPlace } from './tokens.ts';
import { TOKEN_SETTINGS } from './given-token.ts';
import type { FixedToken, WantedWorkspace } from './wanted-access.ts';

/** The result of a start for the tokens of one place. */
export type StartToken =
  /** Created now: the only time that the text of the token is available. */
  | { readonly origin: 'generated'; readonly token: string }
  /** Made before, or fixed by a setting: not shown. */
  | { readonly origin: 'existing' | 'setting' };

/** The tokens of a workspace after a start. */
export interface StartTokens {
  readonly slug: string;
  readonly feed: StartToken;
  readonly admin: StartToken;
  readonly connections: readonly { readonly name: string; readonly scim: StartToken }[];
}

interface Fixed extends TokenPlace, FixedToken {}

/**
 * A token of a setting replaces the previous one of that setting. A token whose setting was removed is revoked. A place
 * without any token gets a random one. @param stored every connection of the database @throws BridgeError
 * invalid_config when a fixed text is already a valid token of another place
 */
export async function alignTokens(
  store: TokenStore,
  clock: Clock,
  wanted: readonly WantedWorkspace[],
  stored: readonly Connection[],
): Promise<readonly StartTokens[]> {
  const fixed = wanted.flatMap((workspace) => fixedTokens(workspace, stored));
  const valid = (await store.tokens()).filter((token) => token.revokedAt === null);
  for (const token of fixed) assertFree(token, valid);
  const stale = valid.filter((token) => TOKEN_SETTINGS.has(token.label) && !fixed.some(isText(token)));
  for (const { id } of stale) await store.revokeToken(id, clock.now(), CONFIGURATION);
  const left = valid.filter((token) => !stale.includes(token));

  async function prepare(place: TokenPlace): Promise<StartToken> {
    const here = fixed.find(isPlace(place));
    const present = left.filter(isPlace(place));
    if (here !== undefined) {
      if (!present.some((token) => isText(token)(here))) {
        const { text, setting: label } = here;
        await createToken(store, clock, { ...place, label, text, by: CONFIGURATION });
      }
      return { origin: 'setting' };
    }
    if (present.length > 0) return { origin: 'existing' };
    const { text } = await createToken(store, clock, {
      ...place,
      label: 'made at the first start',
      by: CONFIGURATION,
    });
    return { origin: 'generated', token: text };
  }

  const tokens: StartTokens[] = [];
  for (const { slug, connections } of wanted) {
    const scim = [];
    for (const { name } of connections)
      scim.push({ name, scim: await prepare(scimPlace(stored, slug, name)) });
    const feed = await prepare({ workspace: slug, connectionId: null, kind: 'feed' });
    const admin = await prepare({ workspace: slug, connectionId: null, kind: 'admin' });
    tokens.push({ slug, feed, admin, connections: scim });
  }
  return tokens;
}

function fixedTokens(
  { slug, tokens, connections }: WantedWorkspace,
  stored: readonly Connection[],
): readonly Fixed[] {
  const whole = (['feed', 'admin'] as const).flatMap((kind) => {
    const token = tokens[kind];
    return token === undefined ? [] : [{ workspace: slug, connectionId: null, kind, ...token }];
  });
  const scim = connections.flatMap(({ name, tokens: { scim: token } }) => {
    return token === undefined ? [] : [{ ...scimPlace(stored, slug, name), ...token }];
  });
  return [...whole, ...scim];
}

function scimPlace(stored: readonly Connection[], workspace: string, name: string): TokenPlace {
  const found = stored.find((connection) => connection.workspace === workspace && connection.name === name);
  if (found === undefined) throw new Error(`The connection ${name} of ${workspace} was not made.`);
  return { workspace, connectionId: found.id, kind: 'scim' };
}

/** A token of a setting is left out, because its own setting replaces it. */
function assertFree(fixed: Fixed, valid: readonly Token[]): void {
  const digest = digestToken(fixed.text);
  const other = valid.find((token) => {
    return token.digest === digest && !TOKEN_SETTINGS.has(token.label) && !isPlace(token)(fixed);
  });
  if (other === undefined) return;
  throw new BridgeError(
    'invalid_config',
    `${fixed.place} is the text of a valid ${other.kind} token: give it a text of its own, or revoke that token ("tokens revoke ${other.id}").`,
  );
}

function isPlace(place: TokenPlace): (other: TokenPlace) => boolean {
  const { workspace, connectionId, kind } = place;
  return (other) =>
    other.workspace === workspace && other.connectionId === connectionId && other.kind === kind;
}

/** Whether a fixed token is this token, in the same place. */
function isText(token: Token): (fixed: Fixed) => boolean {
  return (fixed) => isPlace(token)(fixed) && digestToken(fixed.text) === token.digest;
}
