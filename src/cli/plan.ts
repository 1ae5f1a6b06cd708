/** `plan`, `go-live`, `pause`, `resume`, and the same below `connections` */
import { createInterface } from 'node:readline/promises';
import type { Bridge } from '../app/with-bridge.ts';
import { systemClock, timeLimit } from '../clock.ts';
import { planJson } from '../admin/plan-json-view.ts';
import { viewDifference, viewPlan } from '../admin/plan-view.ts';
import { BridgeError } from '../errors.ts';
import type { Connections } from '../operators/connections.ts';
import { commandLine } from './command-line.ts';
import { printDifference, printPlan, printPlanCsv } from './print-plan.ts';
import { withPlanProgress } from './plan-progress.ts';
import { COMMAND_LINE, useBridge, type ConnectionOption } from './use-bridge.ts';

/** How long the command waits for an answer. */
const ANSWER_MS = 30 * 60_000;

type Connection = Awaited<ReturnType<Connections['find']>>;

interface PlanOptions extends ConnectionOption {
  readonly json?: boolean;
  readonly csv?: boolean;
}
export interface ResumeOptions extends ConnectionOption {
  readonly yes?: boolean;
  readonly planId?: string;
}

export async function plan({ workspace, connection, json, csv }: PlanOptions): Promise<void> {
  if (json === true && csv === true)
    throw new BridgeError('invalid_value', 'Choose one of --json and --csv.');
  await useBridge(async ({ operators }) => {
    const found = await operators.connections.find(workspace, connection);
    const made = await withPlanProgress((onProgress) => operators.plans.make(found, onProgress));
    if (json === true) for (const lines of planJson(viewPlan(made), 2)) console.log(lines);
    else if (csv === true) printPlanCsv(viewPlan(made));
    else {
      printPlan(made);
      if (found.state !== 'live') console.log(`Go live with it: ${goLiveLine(found, made.id)}`);
    }
  });
}

export async function goLive({
  workspace,
  connection,
  planId,
  json,
}: ConnectionOption & { readonly planId: string; readonly json?: boolean }): Promise<void> {
  await useBridge(async (bridge) => {
    const found = await bridge.operators.connections.find(workspace, connection);
    await goLiveWith(bridge, found, planId, json);
  });
}

export const pause = (options: ConnectionOption): Promise<void> => setState(options, 'paused');
export const shadow = (options: ConnectionOption): Promise<void> => setState(options, 'shadow');

async function setState(
  { workspace, connection }: ConnectionOption,
  state: 'paused' | 'shadow',
): Promise<void> {
  await useBridge(async ({ operators }) => {
    const found = await operators.connections.find(workspace, connection);
    await operators.connections.setState(found, state, COMMAND_LINE);
    console.log(
      `The connection ${found.name} of ${found.workspace} is ${state === 'paused' ? state : 'in shadow'}.`,
    );
  });
}

/** Shows the plan and asks. Without a terminal, an option must have the answer. */
export async function resume({ workspace, connection, yes, planId }: ResumeOptions): Promise<void> {
  const isAsked = process.stdin.isTTY && process.stdout.isTTY;
  if (yes !== true && planId === undefined && !isAsked) {
    throw new BridgeError(
      'invalid_value',
      'There is no terminal to ask on. Look at "plan", then use --plan-id with its id, or --yes to accept any plan.',
    );
  }
  await useBridge(async (bridge) => {
    const { operators } = bridge;
    const found = await operators.connections.find(workspace, connection);
    operators.connections.assertStateIsFree(found);
    if (found.state === 'live' || planId !== undefined) {
      await goLiveWith(bridge, found, planId ?? '');
      return;
    }
    const made = await withPlanProgress((onProgress) => operators.plans.make(found, onProgress));
    printPlan(made);
    if (yes !== true && !(await isConfirmed(found))) {
      console.log(`Nothing was done: the connection ${found.name} of ${found.workspace} is ${found.state}.`);
      return;
    }
    await goLiveWith(bridge, found, made.id);
  });
}

async function goLiveWith(
  { operators }: Bridge,
  connection: Connection,
  planId: string,
  json = false,
): Promise<void> {
  const { name, workspace, state } = connection;
  const gone = await withPlanProgress((onProgress) =>
    operators.plans.goLive(connection, planId, { by: COMMAND_LINE, onProgress }),
  );
  if (gone.kind === 'live') {
    if (json) console.log(JSON.stringify({ live: true, plan_id: planId }, undefined, 2));
    else console.log(`The connection ${name} of ${workspace} is live${state === 'live' ? ' already' : ''}.`);
    return;
  }
  const { plan: now } = gone;
  const difference = viewDifference(gone.difference);
  if (json) console.log(JSON.stringify({ live: false, plan_id: now.id, ...difference }, undefined, 2));
  else printDifference(difference);
  throw new BridgeError(
    'conflict',
    `The plan has changed, and nothing was done: the connection ${name} is ${state}. Go live with the new plan: ${goLiveLine(connection, now.id)}`,
  );
}

async function isConfirmed({ name, workspace }: Connection): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const limit = timeLimit(systemClock, ANSWER_MS);
  try {
    const question = `Make the connection ${name} of ${workspace} live with this plan? Type yes: `;
    const answer = await terminal.question(question, { signal: limit.signal });
    return answer.trim().toLowerCase() === 'yes';
  } catch (error) {
    // Only a typed "yes" is consent, not Ctrl-C, Ctrl-D or a timeout.
    if (!(error instanceof Error) || error.name !== 'AbortError') throw error;
    console.log();
    return false;
  } finally {
    limit.end();
    terminal.close();
  }
}

function goLiveLine({ name, workspace }: Connection, planId: string): string {
  return commandLine(`go-live --workspace ${workspace} --connection ${name} --plan-id ${planId}`);
}
