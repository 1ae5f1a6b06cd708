/** Plans: what going live would do, and going live with exactly this plan. */
import type { Connection } from '../directory/access/connection.ts';
import { BridgeError } from '../errors.ts';
import { comparePlans, type PlanDifference } from '../provisioning/dry-run/plan-id.ts';
import { removalsOf } from '../provisioning/dry-run/removals-of.ts';
import type { DryRunStore, PlanStore } from '../provisioning/ports/dry-run-store.ts';
import type { Connections } from './connections.ts';
import { makePackedPlan, type OnProgress, type PlanReport, type PlanSources } from './make-plan.ts';

/** A plan with more steps is shown and not stored, so later changes of it cannot be reported. */
const MAX_KEPT_STEPS = 500_000;
/** How often the plan is made again after a concurrent write. */
const MAX_TRIES = 5;

export type GoneLive =
  | { readonly kind: 'live'; readonly connection: Connection }
  /** The plan has changed, and nothing was done. */
  | { readonly kind: 'changed'; readonly plan: PlanReport; readonly difference: PlanDifference };

export interface GoingLive {
  /** Who does it, for the change log. */
  readonly by?: string;
  readonly onProgress?: OnProgress;
}

export interface Plans {
  /**
   * Plans what would be done on the target now if the connection was live, and stores the plan for `goLive`. Nothing is
   * changed.
   * @throws BridgeError unavailable when the target was never read
   */
  make(connection: Connection, onProgress?: OnProgress): Promise<PlanReport>;
  /**
   * Sets the connection live if the plan with this id is still current. The plan is made again, and the connection goes
   * live in one transaction that expects no new entry in the change log. So the steps are those of the plan at this
   * moment, except for what the target refuses. A live connection stays live.
   * @throws BridgeError not_found when no plan with this id is stored and the current plan has another id; conflict
   * when the configuration decides the state, or the directory changes all the time; unavailable when the target was
   * never read
   */
  goLive(connection: Connection, planId: string, how?: GoingLive): Promise<GoneLive>;
}

type Sources = PlanSources & { readonly plans: DryRunStore & PlanStore };

export function createPlans(sources: Sources, connections: Pick<Connections, 'assertStateIsFree'>): Plans {
  const { plans: store, clock } = sources;
  /** One plan at a time for each connection. A second caller gets the same plan. */
  const underWay = new Map<string, ReturnType<typeof makePackedPlan>>();

  async function shown(connection: Connection, onProgress?: OnProgress): Promise<PlanReport> {
    const making = underWay.get(connection.id) ?? makePackedPlan(sources, connection, onProgress);
    underWay.set(connection.id, making);
    try {
      const { plan } = await making;
      await keep(plan);
      return plan;
    } finally {
      if (underWay.get(connection.id) === making) underWay.delete(connection.id);
    }
  }

  async function keep({ id, connection, madeAt, steps }: PlanReport): Promise<void> {
    if (steps.length > MAX_KEPT_STEPS) return;
    const { id: connectionId, workspace } = connection;
    await store.keepPlan({ id, workspace, connectionId, madeAt, steps });
  }

  async function changed(plan: PlanReport, planId: string): Promise<GoneLive> {
    const kept = await store.keptPlan(plan.connection.id, planId);
    if (kept === undefined)
      throw new BridgeError(
        'not_found',
        `No plan ${planId} is kept for the connection "${plan.connection.name}": "plan" shows the plan of now.`,
      );
    await keep(plan);
    return { kind: 'changed', plan, difference: comparePlans(kept.steps, plan.steps) };
  }

  return {
    make: shown,

    goLive: async (connection, planId, { by, onProgress } = {}) => {
      const live = { kind: 'live', connection: { ...connection, state: 'live' } } as const;
      if (connection.state === 'live') return live;
      connections.assertStateIsFree(connection);
      for (let tries = 0; tries < MAX_TRIES; tries += 1) {
        const { plan, position, withoutJob } = await makePackedPlan(sources, connection, onProgress);
        if (plan.id !== planId) return changed(plan, planId);
        const at = clock.now();
        const removals = removalsOf(plan.steps);
        if (!(await store.goLive({ connection, position, at, removals, planId, by }))) continue;
        // The others have a job, which is due now. Without a job, these would wait for the next full read.
        await store.enqueue(connection.workspace, withoutJob(), at);
        return live;
      }
      throw new BridgeError(
        'conflict',
        `The connection "${connection.name}" or what its IdP pushes changes all the time, so no plan stays valid: try again in a minute.`,
      );
    },
  };
}
