/**
 * Finds the tokens that the configuration sets. Each start makes them valid, so a revocation would last only until the
 * next start.
 */
import { digestToken, type Token } from './token.ts';
import { FILE_SETTING, type WantedWorkspace } from './wanted-access.ts';

/** A token that comes from a setting has the setting's name as its label. */
export const TOKEN_SETTINGS: ReadonlySet<string> = new Set([
  'BRIDGE_SCIM_TOKEN',
  'BRIDGE_FEED_TOKEN',
  'BRIDGE_ADMIN_TOKEN',
  FILE_SETTING,
]);

/**
 * @param wanted the configuration of this process. A running bridge may have another one, so the label counts, too
 * @param connection the name of the connection of a SCIM token
 * @returns the environment variable or the place in the file that sets the token; undefined when there is none
 */
export function placeOfToken(
  { workspace, kind, digest, label }: Token,
  connection: string | undefined,
  wanted: readonly WantedWorkspace[],
): string | undefined {
  const given = wanted
    .filter(({ slug }) => slug === workspace)
    .flatMap(({ tokens, connections }) =>
      kind === 'scim'
        ? connections.filter(({ name }) => name === connection).map((found) => found.tokens.scim)
        : [tokens[kind]],
    )
    .find((token) => token !== undefined && digestToken(token.text) === digest);
  return given?.place ?? (TOKEN_SETTINGS.has(label) ? label : undefined);
}
