/** What the IdP wanted and what the target had at a time in the past, from the change log. */
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../clock.ts';
import { BridgeError } from '../../errors.ts';
import { incompleteLog } from '../incomplete-log.ts';
import { instantInLog } from './instant-in-log.ts';
import type { LogStore } from './log-store.ts';
import { replayLog, type ReplayedLog } from './replay-log.ts';
import { diffEntries, type StateDifference, type StateEntry } from './state-entry.ts';

/** How many changes are played in one turn of the event loop. */
const PAGE = 1_000;

export interface StateOptions {
  /** Checked repeatedly: when true, the work ends. */
  readonly isOver?: () => boolean;
  /** Called with the position in the change log so far, and the last one. */
  readonly onProgress?: (position: number, of: number) => void;
}

export interface StateAt {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The last change that it includes. */
  readonly position: number;
  readonly entries: Generator<StateEntry>;
}

export interface StateDiff {
  readonly from: number;
  readonly to: number;
  readonly differences: Generator<StateDifference>;
}

export interface States {
  /**
   * @param time such as 2026-01-05T09:00:00Z, or how long ago, such as 2h
   * @throws BridgeError invalid_value for a time that is not one, lies ahead, or is before the log begins; unavailable when
   * the log lacks its beginning, or when it takes too long
   */
  at(workspace: string, time: string, options?: StateOptions): Promise<StateAt>;
  /** @throws the same */
  diff(workspace: string, from: string, to: string, options?: StateOptions): Promise<StateDiff>;
}

export function createStates(log: LogStore, clock: Clock): States {
  /** Plays the changes after one position up to another. */
  async function play(
    workspace: string,
    replayed: ReplayedLog,
    { from, to, last }: { readonly from: number; readonly to: number; readonly last: number },
    { isOver = () => false, onProgress = () => undefined }: StateOptions,
  ): Promise<void> {
    for (let after = from; after < to;) {
      if (isOver())
        throw new BridgeError('unavailable', 'The state took too long and was stopped: try again.');
      onProgress(after, last);
      const changes = await log.changesUpTo(workspace, { after, upTo: to, limit: PAGE });
      for (const change of changes) replayed.apply(change);
      after = changes.length < PAGE ? to : (changes.at(-1)?.position ?? to);
      await setImmediate();
    }
    onProgress(to, last);
    if (replayed.isWhole) return;
    throw incompleteLog();
  }

  return {
    at: async (workspace, time, options = {}) => {
      const at = await instantInLog(log, clock, workspace, time);
      const position = await log.positionAt(workspace, at);
      const replayed = replayLog();
      await play(workspace, replayed, { from: 0, to: position, last: position }, options);
      return { at, position, entries: replayed.entries() };
    },
    diff: async (workspace, fromText, toText, options = {}) => {
      const from = await instantInLog(log, clock, workspace, fromText);
      const to = await instantInLog(log, clock, workspace, toText);
      if (from > to) throw new BridgeError('invalid_value', 'The first time is after the second one.');
      const [first, last] = [await log.positionAt(workspace, from), await log.positionAt(workspace, to)];
      const before = replayLog();
      await play(workspace, before, { from: 0, to: first, last }, options);
      const after = before.copy();
      await play(workspace, after, { from: first, to: last, last }, options);
      return { from, to, differences: diffEntries(before.entries(), after.entries()) };
    },
  };
}
