/** What an undo would do, and carrying out exactly that. */
import type { Clock } from '../../clock.ts';
import type { Connection } from '../../directory/access/connection.ts';
import type { DirectoryStore } from '../../directory/directory-store.ts';
import { BridgeError } from '../../errors.ts';
import { comparePlans, type PlanDifference } from '../../provisioning/dry-run/plan-id.ts';
import type { OnProgress } from '../make-plan.ts';
import type { LogStore } from '../state/log-store.ts';
import { instantInLog } from '../state/instant-in-log.ts';
import { carryOut, type CarryOutParts } from './carry-out.ts';
import { makeUndoPlan, type UndoPlan, type UndoSources, type UndoSpan } from './make-undo-plan.ts';
import { restoredKey, type Restored } from './restored.ts';

/** How often the plan is made again when the IdP writes meanwhile. */
const MAX_TRIES = 5;

/** Times as an operator writes them. */
export interface UndoTimes {
  readonly from: string;
  /** Until now when absent. */
  readonly to?: string | undefined;
}

export interface UndoDifference extends PlanDifference {
  /** Values that another plan sets back, too, and those that it does not. */
  readonly restoredMore: readonly Restored[];
  readonly restoredLess: readonly Restored[];
}

export type UndoOutcome =
  /** `left`: the IdP has written these meanwhile. */
  | { readonly kind: 'undone'; readonly plan: UndoPlan; readonly left: readonly Restored[] }
  /** The plan has changed, and nothing was done. */
  | { readonly kind: 'changed'; readonly plan: UndoPlan; readonly difference: UndoDifference };

export interface Undoing {
  /** Who does it, for the record. */
  readonly by?: string | undefined;
  readonly onProgress?: OnProgress;
}

export interface Undos {
  /**
   * What an undo of the window would do; the plan is kept for `apply`. Nothing is changed.
   * @throws BridgeError invalid_value for a time that is not one, lies ahead, or is before the log begins; too_many;
   * unavailable when the log lacks its beginning, or the target was never read
   */
  plan(connection: Connection, times: UndoTimes, onProgress?: OnProgress): Promise<UndoPlan>;
  /**
   * Sets the directory back as the plan of that id says, if it is still what the undo would do, and approves the removals in it.
   * The bridge then makes Mode the same through its gate, and the IdP may state everything again at any time.
   * @throws BridgeError not_found when no plan of that id is kept; conflict when the directory changes all the time; the same
   * as `plan`
   */
  apply(connection: Connection, planId: string, how?: Undoing): Promise<UndoOutcome>;
}

export interface UndosSources extends UndoSources, CarryOutParts {
  readonly log: LogStore;
  readonly clock: Clock;
  readonly directory: DirectoryStore;
}

export function createUndos(sources: UndosSources): Undos {
  const { undo, log, clock } = sources;

  async function spanOf(workspace: string, { from, to = '0s' }: UndoTimes): Promise<UndoSpan> {
    const begin = await instantInLog(log, clock, workspace, from);
    const end = await instantInLog(log, clock, workspace, to);
    if (begin > end) throw new BridgeError('invalid_value', 'The first time is after the second one.');
    const after = await log.positionAt(workspace, begin);
    return { from: begin, to: end, window: { after, upTo: await log.positionAt(workspace, end) } };
  }

  async function keep({ id, connection, madeAt, span, restored, steps }: UndoPlan): Promise<void> {
    const { id: connectionId, workspace } = connection;
    await undo.keepUndo({ id, workspace, connectionId, madeAt, ...span, restored, steps });
  }

  return {
    plan: async (connection, times, onProgress) => {
      const span = await spanOf(connection.workspace, times);
      const plan = await makeUndoPlan(sources, connection, span, onProgress);
      await keep(plan);
      return plan;
    },

    apply: async (connection, planId, { by = null, onProgress } = {}) => {
      const kept = await undo.keptUndo(connection.id, planId);
      if (kept === undefined)
        throw new BridgeError(
          'not_found',
          `No undo plan ${planId} is kept for the connection "${connection.name}": "undo --from TIME --to TIME" shows one.`,
        );
      const { from, to, window } = kept;
      for (let tries = 0; tries < MAX_TRIES; tries += 1) {
        const plan = await makeUndoPlan(sources, connection, { from, to, window }, onProgress);
        if (plan.id !== planId) {
          await keep(plan);
          const { restoredMore, restoredLess } = compareRestored(kept.restored, plan.restored);
          const difference = { ...comparePlans(kept.steps, plan.steps), restoredMore, restoredLess };
          return { kind: 'changed', plan, difference };
        }
        const left = await carryOut(sources, plan, by);
        if (left !== undefined) return { kind: 'undone', plan, left };
      }
      throw new BridgeError(
        'conflict',
        `What the IdP of the connection "${connection.name}" pushes changes all the time, so that no plan stands: pause the connection, or try again in a minute.`,
      );
    },
  };
}

function compareRestored(before: readonly Restored[], after: readonly Restored[]) {
  const [had, has] = [new Set(before.map(restoredKey)), new Set(after.map(restoredKey))];
  return {
    restoredMore: after.filter((value) => !had.has(restoredKey(value))),
    restoredLess: before.filter((value) => !has.has(restoredKey(value))),
  };
}
