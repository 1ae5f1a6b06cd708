/** A story that is being told: its world, its model, and how time passes in both. */
import { watchLeavers } from './check-leavers.ts';
import { watchTold } from './check-notices.ts';
import { watch } from './checks.ts';
import { heldAddresses } from './holds.ts';
import type { Idp } from './idp.ts';
import type { Model } from './model.ts';
import type { Transcript } from './transcript.ts';
import type { World } from './world.ts';

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
/** Time passes in pieces, and after each everything is looked at. */
const LOOK_MS = 20 * MINUTE_MS;
/** A longer time is slept through, but for an hour at its end. */
const AWAKE_MS = 3 * HOUR_MS;

export interface Told {
  readonly world: World;
  readonly model: Model;
  readonly idp: Idp;
  /** The restore window of the connection; 0: it is off. */
  readonly windowMs: number;
  /** How long Mode has failed in all. Milliseconds. */
  readonly failed: { ms: number };
  /** Leavers who count as out. */
  readonly verified: Set<string>;
  /** Whether somebody has accepted an invite by an old link: leavers may be back for a while. */
  readonly oldLinks: { used: boolean };
  /** For how long something is the matter that people must be told of. Milliseconds. */
  readonly pending: Map<string, number>;
  /** Since when nobody has wanted an address. */
  readonly unwantedSince: Map<string, number>;
}

export async function pass(told: Told, transcript: Transcript, ms: number): Promise<void> {
  if (ms === 0) return;
  transcript.passed(ms);
  let left = ms;
  if (ms > AWAKE_MS) {
    // The machine sleeps.
    told.world.clock.leap(ms - HOUR_MS);
    left = HOUR_MS;
  }
  while (left > 0) {
    const piece = Math.min(left, LOOK_MS);
    await told.world.pass(piece);
    left -= piece;
    // Where Mode refuses a removal, a person makes it soon.
    await told.world.doTasks('remove_member');
    watch(told, ms > AWAKE_MS && left > 0, await heldAddresses(told.world));
    await watchLeavers(told);
    await watchTold(told, piece);
  }
}
