/** The audit log, as operators read and export it. */
import type { AuditStore, StoredEntry } from '../audit/audit-store.ts';
import type { AuditSigner } from '../audit/checkpoint.ts';
import { createChain } from '../audit/extend-chain.ts';
import { auditLines } from '../audit/file/write-audit.ts';
import type { Clock } from '../clock.ts';
import { BridgeError } from '../errors.ts';
import { systemProblem } from '../system-error.ts';
import { assertWritable, writeWhole } from '../whole-file.ts';
import { readTime } from './read-time.ts';

export const MAX_AUDIT_ENTRIES = 1_000;
const BATCH = 500;

export interface AuditPage {
  readonly entries: readonly StoredEntry[];
  /** The `seq` after which the next page begins; null: there is none now. */
  readonly next: number | null;
  /** The `seq` of the last entry; 0: there is none. */
  readonly last: number;
  /** How many changes are not chained yet. */
  readonly waiting: number;
  /** The public key of signatures, SPKI as PEM; null: nothing is signed. */
  readonly publicKey: string | null;
}

export interface ExportedAudit {
  readonly path: string;
  readonly first: number;
  readonly last: number;
  /** The public key that signed it, SPKI as PEM; null: it is not signed. */
  readonly publicKey: string | null;
}

/** Called with the step, its progress and its total. */
export type AuditProgress = (what: 'chaining' | 'writing', done: number, of: number) => void;

export interface AuditLog {
  /** Entries after a `seq`, in order. */
  list(workspace: string, after: number, limit: number): Promise<AuditPage>;
  /**
   * Writes the entries of a time range to a file, completely or not at all. Changes that are not chained yet are
   * chained first.
   * @param range times such as 2026-01-05T09:00:00Z, or how long ago, such as 7d; `to` is not included
   * @throws BridgeError invalid_value; not_found when there is no entry; unavailable when the disk fails
   */
  export(
    workspace: string,
    range: { readonly from?: string | undefined; readonly to?: string | undefined },
    path: string,
    onProgress: AuditProgress,
  ): Promise<ExportedAudit>;
}

/** @param signer undefined: there is no key, and exports are not signed */
export function createAuditLog(store: AuditStore, clock: Clock, signer: AuditSigner | undefined): AuditLog {
  const publicKey = signer?.publicPem ?? null;

  /** Other bridges may do the same at the same time. */
  async function catchUp(workspace: string, onProgress: AuditProgress): Promise<number> {
    const chain = createChain({ workspace, store, signer });
    const waiting = await store.unchained(workspace, (await store.head(workspace))?.position ?? 0);
    for (let done = 0, added = BATCH; added === BATCH; done += added) {
      onProgress('chaining', done, waiting);
      added = await chain.extend(clock.now(), BATCH);
    }
    return (await store.head(workspace))?.seq ?? 0;
  }

  async function rangeOf(workspace: string, last: number, from?: number, to?: number) {
    const first = from === undefined ? 1 : await store.firstSince(workspace, from);
    const end = to === undefined ? undefined : await store.firstSince(workspace, to);
    const range = { first: first ?? last + 1, last: Math.min(last, (end ?? last + 1) - 1) };
    if (range.first <= range.last) return range;
    throw new BridgeError(
      'not_found',
      last === 0 ? 'The audit log has no entry yet.' : 'The audit log has no entry of this time.',
    );
  }

  return {
    list: async (workspace, after, limit) => {
      const head = await store.head(workspace);
      const last = head?.seq ?? 0;
      const entries = await store.entries(workspace, after + 1, last, limit);
      const end = entries.at(-1)?.seq ?? last;
      const waiting = await store.unchained(workspace, head?.position ?? 0);
      return { entries, next: end < last ? end : null, last, waiting, publicKey };
    },

    export: async (workspace, range, path, onProgress) => {
      const now = clock.now();
      const [from, to] = [range.from, range.to].map((text) =>
        text === undefined ? undefined : readTime(text, now),
      );
      await assertWritable(path);
      const last = await catchUp(workspace, onProgress);
      const chosen = await rangeOf(workspace, last, from, to);
      const count = chosen.last - chosen.first + 1;
      const lines = auditLines(store, signer, { workspace, ...chosen, at: now }, (done) => {
        onProgress('writing', done, count);
      });
      await written(path, lines);
      return { path, ...chosen, publicKey };
    },
  };
}

/** @throws BridgeError invalid_value for a path that cannot be written, unavailable when the disk fails */
async function written(path: string, lines: AsyncIterable<string>): Promise<void> {
  try {
    await writeWhole(path, lines);
  } catch (error) {
    const problem = systemProblem(error);
    if (problem === undefined) throw error;
    throw new BridgeError(
      problem.correctable ? 'invalid_value' : 'unavailable',
      `The export could not be written to ${path}. ${problem.message}`,
      { cause: error },
    );
  }
}
