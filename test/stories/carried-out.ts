/**
 * What Mode carried out for the bridges of a story: each operation whose answer came, as the log of the bridge must have it.
 * The answer is noted also when the bridge is killed before it gets it.
 */
import type { ChangeDraft, OperationSummary } from '../../src/directory/change.ts';
import { operationApplied } from '../../src/provisioning/observe/operation-change.ts';
import type { Operation } from '../../src/provisioning/model/operation.ts';
import type { Applied, MemberChanges, Target } from '../../src/provisioning/ports/target.ts';
import type { Clock } from '../../src/clock.ts';
import type { Life } from './life.ts';

/** A bridge that dies within this time of an answer may not have written it down. Of the story. */
const WRITTEN_MS = 5_000;

export interface CarriedOut {
  /** The target of a bridge, whose answers are noted. */
  watch(target: Target, life: Life): Target;
  /** How often each operation was carried out, and how often its entry may be missing because the bridge was killed. */
  counts(): ReadonlyMap<string, { readonly sent: number; readonly maybeLost: number }>;
}

export function createCarriedOut(clock: Clock): CarriedOut {
  const all: { readonly key: string; readonly at: number; readonly life: Life }[] = [];
  const diedAt = new Map<Life, number>();

  return {
    watch: (target, life) => {
      life.onDeath(() => diedAt.set(life, clock.monotonic()));
      const note = (operation: Operation, applied: Applied) => {
        const { data } = operationApplied(operation, applied, { kind: 'user', id: '' });
        all.push({ key: operationText(data), at: clock.monotonic(), life });
      };
      const apply = async (operation: Operation) => {
        const applied = await target.apply(operation);
        note(operation, applied);
        return applied;
      };
      const together = (changes: MemberChanges): MemberChanges => ({
        atOnce: changes.atOnce,
        apply: async (change) => {
          const done = await changes.apply(change);
          const { targetGroupId, add, remove } = change;
          const each = (type: 'add_group_member' | 'remove_group_member', accounts: readonly string[]) => {
            for (const accountId of accounts.filter((account) => done.has(account)))
              note({ type, targetGroupId, accountId, groupMembershipId: null }, {});
          };
          each('add_group_member', add);
          each('remove_group_member', remove);
          return done;
        },
      });
      return new Proxy(target, {
        get: (of, name) => {
          if (name === 'apply') return apply;
          const value: unknown = Reflect.get(of, name, of);
          return name === 'changeMembers' && value !== undefined ? together(value as MemberChanges) : value;
        },
      });
    },

    counts: () => {
      const counts = new Map<string, { sent: number; maybeLost: number }>();
      for (const { key, at, life } of all) {
        const count = counts.get(key) ?? { sent: 0, maybeLost: 0 };
        count.sent += 1;
        if ((diedAt.get(life) ?? Infinity) - at < WRITTEN_MS) count.maybeLost += 1;
        counts.set(key, count);
      }
      return counts;
    },
  };
}

/** Names the operation of an entry of the log: without the names that it has for people. */
export function operationText(data: ChangeDraft['data']): string {
  const { operation, memberToken, groupToken, changed } = data as OperationSummary;
  return JSON.stringify({ operation, memberToken, groupToken, changed });
}
