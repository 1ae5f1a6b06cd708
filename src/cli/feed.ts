/** `feed export`, `feed serve` and `feed diff`: the feed without a server, for tools that take files. */
import { resolve } from 'node:path';
import { compareExports } from '../app/compare-exports.ts';
import type { Bridge } from '../app/with-bridge.ts';
import { systemClock } from '../clock.ts';
import { BridgeError } from '../errors.ts';
import { counted } from '../operators/counted.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { progressBar } from './progress-bar.ts';
import { reportFailure } from './report-failure.ts';
import { untilStopped } from './until-stopped.ts';
import { useBridge, type WorkspaceOption } from './use-bridge.ts';

type Files = Awaited<ReturnType<Bridge['files']>>;
type Watch = Parameters<Files['export']>[2];
type Made = Awaited<ReturnType<Files['export']>>;

const UNITS_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };
const MIN_INTERVAL_MS = 10_000;
const MAX_INTERVAL_MS = 24 * 3_600_000;
const MAX_KEPT = 1_000;

export async function feedExport({ workspace, format, out }: WorkspaceOption & FileOptions): Promise<void> {
  await useBridge(async (bridge) => {
    const files = await bridge.files(workspace);
    report(await watched((watch) => files.export(format, resolve(out), watch)));
  });
}

interface FileOptions {
  readonly format: string;
  readonly out: string;
}

interface ServeOptions extends WorkspaceOption, FileOptions {
  readonly interval: string;
  readonly keep: string;
}

export async function feedServe({ workspace, format, interval, out, keep }: ServeOptions): Promise<void> {
  const intervalMs = parseInterval(interval);
  const kept = parseKeep(keep);
  const stopping = new AbortController();
  void untilStopped().then(() => {
    stopping.abort();
  });
  await useBridge(async (bridge) => {
    const files = await bridge.files(workspace);
    let isFirst = true;
    while (!stopping.signal.aborted) {
      try {
        const made = await watched((watch) => files.keep(format, resolve(out), kept, watch));
        if (made === undefined) console.log('Nothing has changed since the last export.');
        else report(made);
      } catch (error) {
        // A wrong format or folder is reported at once. Later failures, such as a full disk or a lost database, may end
        // by themselves.
        const correctable = error instanceof BridgeError && exitCodeOf(error.code) === EXIT.correctable;
        if (isFirst && correctable) throw error;
        reportFailure(error);
        console.error(`The export failed; the next try is in ${interval}.`);
      }
      isFirst = false;
      await systemClock.sleep(intervalMs, stopping.signal);
    }
  });
}

export async function feedDiff(before: string, after: string, { json }: { json?: boolean }): Promise<void> {
  const diff = await compareExports(before, after);
  if (json === true) {
    console.log(JSON.stringify(diff, undefined, 2));
    return;
  }
  for (const what of diff.created) console.log(`+ ${what}`);
  for (const what of diff.deleted) console.log(`- ${what}`);
  for (const { what, changes } of diff.modified) {
    const differences = Object.entries(changes).map(([name, { from, to }]) => {
      return `${name} ${JSON.stringify(from)} -> ${JSON.stringify(to)}`;
    });
    console.log(`~ ${what}: ${differences.join(', ')}`);
  }
  const { created, deleted, modified } = diff;
  console.log(`${created.length} created, ${deleted.length} deleted, ${modified.length} modified`);
}

/** Shows a bar on a terminal while the work runs. */
async function watched<T>(work: (watch: Watch) => Promise<T>): Promise<T> {
  let end = (): void => undefined;
  try {
    return await work((items) => {
      const bar = progressBar();
      end = bar.end;
      return (done) => {
        bar.show('writing', done, items);
      };
    });
  } finally {
    end();
  }
}

function report({ path, counts, advice }: Made): void {
  const parts = [
    counted(counts.accounts, 'account'),
    counted(counts.groups, 'group'),
    counted(counts.resources, 'resource'),
    counted(counts.entitlements, 'entitlement'),
    counted(counts.grants, 'grant'),
  ];
  // The message of ConductorOne's own connectors, which its documentation quotes.
  console.log(`Task complete! ${parts.join(', ')} in ${path}`);
  if (advice !== null) console.error(advice);
}

function parseInterval(text: string): number {
  const [, number, unit = ''] = /^(\d{1,6})(s|m|h)$/.exec(text) ?? [];
  const interval = Number(number) * (UNITS_MS[unit] ?? NaN);
  if (interval >= MIN_INTERVAL_MS && interval <= MAX_INTERVAL_MS) return interval;
  throw new BridgeError('invalid_value', '--interval expects 10s to 24h, e.g. 30s, 15m or 1h.');
}

function parseKeep(text: string): number {
  const keep = Number(text);
  if (/^\d+$/.test(text) && keep >= 1 && keep <= MAX_KEPT) return keep;
  throw new BridgeError('invalid_value', `--keep expects a number from 1 to ${MAX_KEPT}.`);
}
