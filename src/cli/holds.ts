/** `holds list`, `holds approve`, `holds reject` */
import type { Bridge } from '../app/with-bridge.ts';
import { viewHold, type HoldView } from '../admin/hold-view.ts';
import { BridgeError } from '../errors.ts';
import type { HoldChoice, Verdict } from '../operators/holds.ts';
import { printTable } from './print-table.ts';
import { COMMAND_LINE, useBridge, type ConnectionOption } from './use-bridge.ts';

interface JsonOption {
  readonly json?: boolean;
}

interface ChoiceOption extends ConnectionOption, JsonOption {
  readonly name?: string;
  readonly all?: boolean;
}

export async function listHolds({ json, ...which }: ConnectionOption & JsonOption): Promise<void> {
  await useBridge(async (bridge) => {
    const { workspaces, connectionId } = await placeOf(bridge, which);
    const lists = [];
    for (const slug of workspaces) lists.push(await bridge.operators.holds.list(slug, { connectionId }));
    const holds = lists.flat().map(viewHold);
    if (json === true) {
      console.log(JSON.stringify({ holds }, undefined, 2));
      return;
    }
    if (holds.length === 0) {
      console.log('Nothing is held.');
      return;
    }
    print(holds);
    const reasons = new Map(holds.map(({ code, reason }) => [code, reason]));
    for (const [code, reason] of reasons) console.log(`${code}: ${reason}`);
  });
}

export function decideHolds(verdict: Verdict) {
  return async (ids: readonly string[], { json, name, all, ...which }: ChoiceOption): Promise<void> => {
    const choice = choiceOf(ids, name, all);
    await useBridge(async (bridge) => {
      // An id belongs to one workspace. Names and --all need one workspace.
      const workspace =
        'ids' in choice || which.connection !== undefined ? which.workspace : await only(bridge, which);
      const { workspaces, connectionId } = await placeOf(bridge, {
        ...which,
        ...(workspace === undefined ? {} : { workspace }),
      });
      const result = await bridge.operators.holds.decide(
        workspaces,
        { ...choice, connectionId },
        verdict,
        COMMAND_LINE,
      );
      const kept = result.kept.map(viewHold);
      if (json === true) {
        console.log(JSON.stringify({ decided: result.decided, kept }, undefined, 2));
        return;
      }
      const what = verdict === 'approved' ? 'approved: a running bridge sends' : 'rejected: the access stays';
      console.log(`${result.decided} ${what}${verdict === 'approved' ? ' them now.' : '.'}`);
      if (kept.length === 0) return;
      console.log(`${kept.length} cannot be approved:`);
      print(kept);
      for (const { name: who, reason } of kept) console.log(`${who}: ${reason}`);
    });
  };
}

function print(holds: readonly HoldView[]): void {
  printTable(
    ['id', 'connection', 'operation', 'name', 'since', 'code', 'decision'],
    holds.map((hold) => [
      hold.id,
      hold.connection,
      hold.operation,
      hold.group === null ? hold.name : `${hold.name} in ${hold.group}`,
      hold.since,
      hold.code,
      hold.decision ?? '-',
    ]),
  );
}

/** @throws BridgeError invalid_value unless exactly one of them is given */
function choiceOf(ids: readonly string[], name: string | undefined, all: boolean | undefined): HoldChoice {
  const ways = [ids.length > 0, name !== undefined, all === true].filter(Boolean).length;
  if (ways !== 1)
    throw new BridgeError('invalid_value', 'Name the holds: by their ids, with --name, or with --all.');
  if (ids.length > 0) return { ids: [...new Set(ids)] };
  return name === undefined ? { all: true } : { name };
}

/** @throws BridgeError invalid_value when there are several workspaces and none is given */
function only({ operators }: Bridge, { workspace }: ConnectionOption): Promise<string> {
  return operators.connections.workspace(workspace);
}

async function placeOf(
  { operators: { connections } }: Bridge,
  { workspace, connection }: ConnectionOption,
): Promise<{ readonly workspaces: readonly string[]; readonly connectionId?: string }> {
  if (connection !== undefined) {
    const found = await connections.find(workspace, connection);
    return { workspaces: [found.workspace], connectionId: found.id };
  }
  if (workspace !== undefined) return { workspaces: [await connections.workspace(workspace)] };
  return { workspaces: await connections.workspaces() };
}
