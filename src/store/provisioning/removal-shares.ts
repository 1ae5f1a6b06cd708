/**
 * What shares are taken of, remembered for a moment: to count a large company takes longer than everything else that a
 * removal needs, and many leave at once. What there was at the beginning of the window does not change by removals.
 */

/** Of time worked: while nobody works, nobody asks. */
const STANDS_MS = 30_000;
/** A smaller company is counted each time. */
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
