/** Holds: operations that the gate stopped until a person approves or rejects them. */
import type { Clock } from '../clock.ts';
import { BridgeError } from '../errors.ts';
import type { HoldDecision } from '../provisioning/gate/breaker.ts';
import type { Hold, HoldStore } from '../provisioning/gate/hold.ts';
import { isApprovable } from '../provisioning/gate/never-lock-out.ts';
import { sentences } from '../provisioning/reason/reason.ts';
import { counted } from './counted.ts';

export const MAX_HOLDS = 10_000;

export type Verdict = HoldDecision;

/** The holds to decide: by id, by name, or all without a decision. */
export type HoldChoice = (
  { readonly ids: readonly string[] } | { readonly name: string } | { readonly all: true }
) & {
  /** Only holds of this connection. */
  readonly connectionId?: string | undefined;
};

export interface HoldsDecided {
  readonly decided: number;
  /** Holds that an approval cannot end, because they protect the last admin or a protected person. */
  readonly kept: readonly Hold[];
}

export interface Holds {
  /** The oldest first. */
  list(
    workspace: string,
    options?: { readonly connectionId?: string | undefined; readonly limit?: number },
  ): Promise<readonly Hold[]>;
  /** The number of holds without a decision, by the name of the connection. */
  countOpen(workspace: string): Promise<Readonly<Record<string, number>>>;
  /**
   * Stores the decision, and enqueues the subjects. An approval works once; a rejected operation stays held until the
   * IdP takes it back.
   * @param by who decides, for the change log
   * @throws BridgeError not_found when there are no such holds; conflict when named holds cannot be approved. Nothing
   * is decided then
   */
  decide(
    workspaces: readonly string[],
    choice: HoldChoice,
    verdict: Verdict,
    by: string,
  ): Promise<HoldsDecided>;
}

export function createHolds(store: HoldStore, clock: Clock): Holds {
  async function chosen(workspaces: readonly string[], choice: HoldChoice): Promise<readonly Hold[]> {
    const { connectionId } = choice;
    const which =
      'all' in choice ? { open: true } : 'ids' in choice ? { ids: choice.ids } : { name: choice.name };
    const lists = [];
    for (const workspace of workspaces)
      lists.push(await store.list(workspace, { ...which, connectionId, limit: MAX_HOLDS }));
    return lists.flat();
  }

  return {
    list: (workspace, { connectionId, limit = MAX_HOLDS } = {}) =>
      store.list(workspace, { connectionId, limit }),
    countOpen: (workspace) => store.openByConnection(workspace),

    decide: async (workspaces, choice, verdict, by) => {
      const holds = await chosen(workspaces, choice);
      assertFound(choice, holds);
      const kept = verdict === 'approved' ? holds.filter(({ reason }) => !isApprovable(reason)) : [];
      const [first] = kept;
      if (first !== undefined && !('all' in choice))
        throw new BridgeError(
          'conflict',
          `The hold ${first.id} of ${first.name} cannot be approved: ${sentences([first.reason]) ?? ''}`,
        );
      const decision = { verdict, by, at: clock.now() };
      const able = Map.groupBy(
        holds.filter((hold) => !kept.includes(hold)),
        ({ workspace }) => workspace,
      );
      let decided = 0;
      for (const [workspace, some] of able)
        decided += await store.decide(
          workspace,
          some.map(({ id }) => id),
          decision,
        );
      return { decided, kept };
    },
  };
}

function assertFound(choice: HoldChoice, holds: readonly Hold[]): void {
  const advice = '"holds list" shows what is held.';
  if ('name' in choice && holds.length === 0)
    throw new BridgeError('not_found', `Nothing is held for "${choice.name}": ${advice}`);
  if (!('ids' in choice)) return;
  const known = new Set(holds.map(({ id }) => id));
  const missing = choice.ids.filter((id) => !known.has(id));
  if (missing.length > 0)
    throw new BridgeError(
      'not_found',
      `There is no hold with the id ${missing[0] ?? ''}${missing.length > 1 ? `, nor ${counted(missing.length - 1, 'other')} of those` : ''}: ${advice}`,
    );
}
