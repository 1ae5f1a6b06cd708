/**
 * Who holds what, by holder: grants come by entitlement, and Veza is told of each holder once. Kept as numbers, sixteen
 * bytes a grant at most while it is made, beside the ids of accounts, groups and entitlements.
 */
import type { FeedSnapshot } from '../feed-snapshot.ts';
import type { Entitlement, Principal } from '../model.ts';

/** What Mode has of the principal, in the order of the snapshot's grants. */
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
  const places = new Map<string, number>();
  for await (const batch of snapshot.all('entitlements')) {
    for (const entitlement of batch) places.set(entitlement.id, entitlements.push(entitlement) - 1);
  }

  const grants = snapshot.counts.grants;
  const pairs = { holder: new Uint32Array(grants), entitlement: new Uint32Array(grants) };
  /** Where the next entitlement of each holder goes; before that: how many there are of the holder before. */
  const starts = new Uint32Array(holders.size + 1);
  let held = 0;
  for await (const batch of snapshot.all('grants')) {
    for (const { id, observed, principal, entitlementId } of batch) {
      if (!observed) continue;
      const holder = holders.get(keyOf(principal));
      const entitlement = places.get(entitlementId);
      if (holder === undefined || entitlement === undefined) {
        throw new Error(`The grant ${id} is of something that the snapshot does not have.`);
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
    const place = at(next, holder);
    byHolder[place] = at(pairs.entitlement, pair);
    next[holder] = place + 1;
  }

  return function* (principal) {
    const holder = holders.get(keyOf(principal));
    if (holder === undefined) return;
    for (let place = at(starts, holder); place < at(starts, holder + 1); place += 1) {
      const entitlement = entitlements[at(byHolder, place)];
      if (entitlement !== undefined) yield entitlement;
    }
  };
}

function keyOf({ type, id }: Principal): string {
  return `${type}:${id}`;
}

function at(numbers: Uint32Array, index: number): number {
  const number = numbers[index];
  if (number === undefined) throw new RangeError(`There is no place ${index} of ${numbers.length}.`);
  return number;
}
