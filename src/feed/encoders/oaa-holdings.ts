/**
 * Groups grants by holder with a counting sort: a snapshot lists them by entitlement, and Veza needs each holder once. Takes
 * at most 16 bytes of memory per grant, in addition to the ids of accounts, groups and entitlements.
 */
import type { FeedSnapshot } from '../feed-snapshot.ts';
import type { Entitlement, Principal } from '../model.ts';

/** The entitlements that the principal has on Mode, in the order of the snapshot's grants. */
export type Holdings = (principal: Principal) => Iterable<Entitlement>;

export async function readHoldings(snapshot: FeedSnapshot): Promise<Holdings> {
  const holders = new Map<string, number>();
  for await (const batch of snapshot.all('accounts')) {
    for (const { id } of batch) holders.set(keyOf({ type: 'account', id }), holders.size);
  }
  for await (const batch of snapshot.all('groups')) {
    for (const { id } of batch) holders.set(keyOf({ type: 'group', id }), holders.size);
  }
  const entitlements: Entitlement[] = [];
  const indexes = new Map<string, number>();
  for await (const batch of snapshot.all('entitlements')) {
    for (const entitlement of batch) indexes.set(entitlement.id, entitlements.push(entitlement) - 1);
  }

  const grants = snapshot.counts.grants;
  const pairs = { holder: new Uint32Array(grants), entitlement: new Uint32Array(grants) };
  /** First the number of entitlements of the previous holder, then the index of each holder's first entitlement. */
  const starts = new Uint32Array(holders.size + 1);
  let held = 0;
  for await (const batch of snapshot.all('grants')) {
    for (const { id, observed, principal, entitlementId } of batch) {
      if (!observed) continue;
      const holder = holders.get(keyOf(principal));
      const entitlement = indexes.get(entitlementId);
      if (holder === undefined || entitlement === undefined) {
        throw new Error(`The grant ${id} refers to a principal or entitlement that is not in the snapshot.`);
      }
      pairs.holder[held] = holder;
      pairs.entitlement[held] = entitlement;
      starts[holder + 1] = at(starts, holder + 1) + 1;
      held += 1;
    }
  }
  for (let holder = 1; holder < starts.length; holder += 1) {
    starts[holder] = at(starts, holder) + at(starts, holder - 1);
  }
  const next = starts.slice();
  const byHolder = new Uint32Array(held);
  for (let pair = 0; pair < held; pair += 1) {
    const holder = at(pairs.holder, pair);
    const index = at(next, holder);
    byHolder[index] = at(pairs.entitlement, pair);
    next[holder] = index + 1;
  }

  return function* (principal) {
    const holder = holders.get(keyOf(principal));
    if (holder === undefined) return;
    for (let index = at(starts, holder); index < at(starts, holder + 1); index += 1) {
      const entitlement = entitlements[at(byHolder, index)];
      if (entitlement !== undefined) yield entitlement;
    }
  };
}

function keyOf({ type, id }: Principal): string {
  return `${type}:${id}`;
}

function at(numbers: Uint32Array, index: number): number {
  const number = numbers[index];
  if (number === undefined)
    throw new RangeError(`The index ${index} is not in an array of ${numbers.length}.`);
  return number;
}
