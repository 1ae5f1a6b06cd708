/**
 * A short cache of the totals of shares. Counting a large company takes longer than the rest of a removal, and many
 * people leave at once. Removals do not change the total at the beginning of the window.
 */

/** Time worked, because the cache is only used during work. */
const STANDS_MS = 30_000;
/** Smaller totals are not cached. */
const LARGE = 1_000;
const MAX_REMEMBERED = 1_000;

export interface Shares {
  /** @param workedMs the time worked for the workspace */
  of(name: string, workedMs: number, count: () => Promise<number>): Promise<number>;
}

export function createShares(): Shares {
  const remembered = new Map<string, { readonly share: number; readonly workedMs: number }>();
  return {
    of: async (name, workedMs, count) => {
      const known = remembered.get(name);
      if (known !== undefined && workedMs - known.workedMs < STANDS_MS) return known.share;
      const share = await count();
      if (remembered.size >= MAX_REMEMBERED) remembered.clear();
      if (share >= LARGE) remembered.set(name, { share, workedMs });
      else remembered.delete(name);
      return share;
    },
  };
}
