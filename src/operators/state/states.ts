/** What the IdP wanted and what Mode had at a time in the past, from the change log. */
import type { Clock } from '../../clock.ts';
import { BridgeError } from '../../errors.ts';
import { instantInLog } from './instant-in-log.ts';
import type { LogStore } from './log-store.ts';
import { replayLog, type ReplayedLog } from './replay-log.ts';
import { diffEntries, type StateDifference, type StateEntry } from './state-entry.ts';

const PAGE = 5_000;

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
   * the log lacks its beginning
   */
  at(workspace: string, time: string): Promise<StateAt>;
  /** @throws the same */
  diff(workspace: string, from: string, to: string): Promise<StateDiff>;
}

export function createStates(log: LogStore, clock: Clock): States {
  async function replay(
    workspace: string,
    at: number,
  ): Promise<{ readonly position: number; readonly replayed: ReplayedLog }> {
    const replayed = replayLog();
    const position = await log.positionAt(workspace, at);
    for (let after = 0; after < position;) {
      const changes = await log.changesUpTo(workspace, { after, upTo: position, limit: PAGE });
      for (const change of changes) replayed.apply(change);
      after = changes.length < PAGE ? position : (changes.at(-1)?.position ?? position);
    }
    if (replayed.isWhole) return { position, replayed };
    throw new BridgeError(
      'unavailable',
      'The change log lacks its beginning: it has changes of users or groups that it does not have from the start.',
    );
  }

  return {
    at: async (workspace, time) => {
      const at = await instantInLog(log, clock, workspace, time);
      const { position, replayed } = await replay(workspace, at);
      return { at, position, entries: replayed.entries() };
    },
    diff: async (workspace, fromText, toText) => {
      const from = await instantInLog(log, clock, workspace, fromText);
      const to = await instantInLog(log, clock, workspace, toText);
      if (from > to) throw new BridgeError('invalid_value', 'The first time is after the second one.');
      const [before, after] = [await replay(workspace, from), await replay(workspace, to)];
      return { from, to, differences: diffEntries(before.replayed.entries(), after.replayed.entries()) };
    },
  };
}
