/**
 * Finds tokens of the bridge that are equal to another secret. Otherwise a reader of the feed could write with its
 * token.
 */

/** A secret, and the name of its setting or its place in the file. */
export interface PlacedSecret {
  readonly place: string;
  readonly text: string | undefined;
}

/**
 * @param tokens bearer tokens of the bridge, which must all be different @param others secrets of other systems, which
 * may be equal to each other, such as one admin's key for two workspaces @returns one problem for each pair, without
 * the secrets
 */
export function sharedSecrets(
  tokens: readonly PlacedSecret[],
  others: readonly PlacedSecret[],
): readonly string[] {
  const all = [...tokens, ...others];
  return tokens.flatMap(({ place, text }, index) =>
    all
      .slice(index + 1)
      .filter((other) => text !== undefined && other.text === text)
      .map((other) => `${place} and ${other.place}: are the same text; each needs one of its own`),
  );
}
