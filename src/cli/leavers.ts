/** `leavers` */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { minutes, viewEvidence, viewLeaver, type LeaverView } from '../admin/leaver-view.ts';
import { MAX_LEAVERS, type LeaverPage, type Leavers } from '../operators/leavers.ts';
import { durationText } from './duration-text.ts';
import { printTable } from './print-table.ts';
import { progressBar } from './progress-bar.ts';
import { useBridge, type WorkspaceOption } from './use-bridge.ts';

const HEADER = ['person', 'asked', 'removed', 'verified', 'took', 'objective'];

interface LeaverOptions extends WorkspaceOption {
  readonly since: string;
  readonly json?: boolean;
  readonly evidence?: string;
}

export async function listLeavers({ workspace, since, json, evidence }: LeaverOptions): Promise<void> {
  await useBridge(async ({ operators: { connections, leavers } }) => {
    const slug = await connections.workspace(workspace);
    const { found, objectiveMs } = await listAll(leavers, slug, since);
    if (evidence !== undefined) await writeEvidence(leavers, found, evidence);
    const views = found.map(viewLeaver);
    if (json === true) {
      const document = { objective_minutes: minutes(objectiveMs), leavers: views };
      console.log(JSON.stringify(document, undefined, 2));
      return;
    }
    if (views.length === 0) console.log(`Nobody has left since ${since}.`);
    else printTable(HEADER, views.map(cells));
    if (evidence !== undefined) console.log(`${views.length} evidence files are in ${evidence}.`);
  });
}

async function listAll(leavers: Leavers, workspace: string, since: string) {
  const found: LeaverPage['leavers'][number][] = [];
  for (let cursor: string | undefined; ;) {
    const page = await leavers.list(workspace, since, { limit: MAX_LEAVERS, cursor });
    found.push(...page.leavers);
    if (page.nextCursor === null) return { found, objectiveMs: page.objectiveMs };
    cursor = page.nextCursor;
  }
}

/** One file for each leaver. */
async function writeEvidence(leavers: Leavers, found: LeaverPage['leavers'], folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const bar = progressBar();
  for (const [done, leaver] of found.entries()) {
    const document = viewEvidence(await leavers.evidence(leaver));
    const day = new Date(leaver.askedAt).toISOString().slice(0, 10);
    const text = `${JSON.stringify(document, undefined, 2)}\n`;
    // The file names people, so only its owner can read it.
    await writeFile(join(folder, `${day}-${leaver.id}.json`), text, { mode: 0o600 });
    bar.show('evidence', done + 1, found.length);
  }
  bar.end();
}

function cells(view: LeaverView): string[] {
  const { name, asked_at: asked, removed_at: removed, verified_at: verified, state, seconds } = view;
  const objective = state === 'cancelled' ? 'taken back' : view.overdue ? 'over' : 'within';
  return [name, asked, removed ?? '-', verified ?? '-', durationText(seconds), objective];
}
