/**
 * The removal breaker: how many removals may be sent within a window before a person must decide. Pure. A removal is held
 * when it is above the count and above the share, so a single leaver never waits, and a mistake of the IdP stops early.
 */
import type { Removal } from './removal.ts';

export interface BreakerLimits {
  /** This many removals within the window always pass. */
  readonly count: number;
  /** So does this share, in per cent, of what the connection owned at the beginning of the window. */
  readonly percent: number;
  /** The window, in milliseconds of time worked for the workspace. */
  readonly windowMs: number;
}

export const BREAKER_LIMITS: BreakerLimits = { count: 5, percent: 10, windowMs: 60 * 60_000 };

/** Removals of one scope within the window, and the total that the share refers to. */
export interface Tally {
  /** Removals without an approval. Approved removals do not count against the limits. */
  readonly removed: number;
  /**
   * People, admins, groups, or members of one group that the connection owned at the beginning of the window: the
   * present ones and those that were removed since. Null while the count alone decides.
   */
  readonly share: number | null;
}

export type HoldDecision = 'approved' | 'rejected';

/** The context of the removals of a plan. */
export interface KnownRemovals {
  /** By scope. A missing scope has no removals, and its share is not known. */
  readonly tallies: ReadonlyMap<string, Tally>;
  /** Keys of removals of this subject that are already counted. A retry is not counted again. */
  readonly counted: ReadonlySet<string>;
  /** Operators' decisions about operations of this subject, by key. */
  readonly decided: ReadonlyMap<string, HoldDecision>;
  /**
   * Members of these groups who must leave the workspace. `first`: their removal from the workspace is in progress or
   * held, and decides. `gone`: that removal is done.
   */
  readonly leaving: ReadonlyMap<string, 'first' | 'gone'>;
}

export const NO_REMOVALS: KnownRemovals = {
  tallies: new Map(),
  counted: new Set(),
  decided: new Map(),
  leaving: new Map(),
};

/** A removal that passed. It must be stored before it is sent. */
export interface PassedRemoval extends Removal {
  readonly approved: boolean;
}

/** Why a removal is held. */
export interface Excess {
  readonly count: number;
  readonly percent: number;
  readonly minutes: number;
}

export interface Breaker {
  /** Checks the removals of one plan in order. @returns the removals that passed, or why they are held */
  take(removal: Removal): { readonly passed: PassedRemoval } | 'rejected' | { readonly excess: Excess };
}

export function createBreaker(limits: BreakerLimits, known: KnownRemovals): Breaker {
  /** How many of this plan passed so far, by scope. */
  const taken = new Map<string, number>();

  function exceeds(scope: string): boolean {
    const { removed, share } = known.tallies.get(scope) ?? { removed: 0, share: null };
    const count = removed + (taken.get(scope) ?? 0) + 1;
    return count > limits.count && count * 100 > (share ?? 0) * limits.percent;
  }

  return {
    take: (removal) => {
      const { key, scope } = removal;
      const decision = known.decided.get(key);
      if (decision === 'rejected') return 'rejected';
      if (known.counted.has(key)) return { passed: { ...removal, approved: decision === 'approved' } };
      if (decision === 'approved') return { passed: { ...removal, approved: true } };
      if (exceeds(scope)) {
        const { count, percent, windowMs } = limits;
        return { excess: { count, percent, minutes: Math.round(windowMs / 60_000) } };
      }
      taken.set(scope, (taken.get(scope) ?? 0) + 1);
      return { passed: { ...removal, approved: false } };
    },
  };
}
