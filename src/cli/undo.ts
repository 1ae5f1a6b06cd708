/** `undo`: shows what would reverse what was done to Mode between two times, and applies such a plan by its id. */
import { viewUndoDifference, viewUndone, viewUndoPlan } from '../admin/undo-view.ts';
import { BridgeError } from '../errors.ts';
import { withPlanProgress } from './plan-progress.ts';
import { commandLine } from './command-line.ts';
import { printUndoDifference, printUndone, printUndoPlan } from './print-undo.ts';
import { COMMAND_LINE, useBridge, type ConnectionOption } from './use-bridge.ts';

interface UndoOptions extends ConnectionOption {
  readonly from?: string;
  readonly to?: string;
  readonly planId?: string;
  readonly json?: boolean;
}

export async function undo({ from, to, planId, ...options }: UndoOptions): Promise<void> {
  if (planId !== undefined) {
    if (from !== undefined || to !== undefined)
      throw new BridgeError(
        'invalid_value',
        'The plan has its times: give --plan-id without --from and --to.',
      );
    await apply(options, planId);
    return;
  }
  if (from === undefined)
    throw new BridgeError(
      'invalid_value',
      'Give the times to show a plan, --from 2h or --from 2026-01-05T09:00:00Z --to 2026-01-05T09:15:00Z, or a plan to apply: --plan-id ID.',
    );
  const { workspace, connection, json } = options;
  await useBridge(async ({ operators }) => {
    const found = await operators.connections.find(workspace, connection);
    const plan = await withPlanProgress((onProgress) =>
      operators.undos.plan(found, { from, to }, onProgress),
    );
    const view = viewUndoPlan(plan);
    if (json === true) console.log(JSON.stringify(view, undefined, 2));
    else printUndoPlan(view, found.workspace);
  });
}

async function apply({ workspace, connection, json }: UndoOptions, planId: string): Promise<void> {
  await useBridge(async ({ operators }) => {
    const found = await operators.connections.find(workspace, connection);
    const outcome = await withPlanProgress((onProgress) =>
      operators.undos.apply(found, planId, { by: COMMAND_LINE, onProgress }),
    );
    if (outcome.kind === 'undone') {
      const view = viewUndone(outcome);
      if (json === true) console.log(JSON.stringify({ undone: true, ...view }, undefined, 2));
      else printUndone(view, found.state);
      return;
    }
    const { id } = outcome.plan;
    const difference = viewUndoDifference(outcome.difference);
    if (json === true)
      console.log(JSON.stringify({ undone: false, plan_id: id, ...difference }, undefined, 2));
    else printUndoDifference(difference);
    throw new BridgeError(
      'conflict',
      `The plan has changed, and nothing was done. Apply the new plan: ${commandLine(`undo --workspace ${found.workspace} --connection ${found.name} --plan-id ${id}`)}`,
    );
  });
}
