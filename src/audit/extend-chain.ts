/** Adds what is new in the change log to the audit log, one batch at a time. */
import type { AuditHead, AuditStore } from './audit-store.ts';
import { checkpointBody, type AuditSigner, type Checkpoint, type SignedCheckpoint } from './checkpoint.ts';
import { chained, genesisHash } from './entry.ts';

/** A checkpoint is due after this many entries, and after this time if there is anything new. */
const CHECKPOINT_ENTRIES = 10_000;
export const CHECKPOINT_MS = 60 * 60_000;

interface Parts {
  readonly workspace: string;
  readonly store: AuditStore;
  /** undefined: there is no key, and there are no checkpoints. */
  readonly signer: AuditSigner | undefined;
}

export interface Chain {
  /**
   * Chains at most `limit` entries. Two bridges may do it at once: each entry is chained once.
   * @param now milliseconds since the epoch
   * @returns how many entries were read; less than `limit`: there are no more
   */
  extend(now: number, limit: number): Promise<number>;
}

/** What the chain of a workspace is extended with. The end is read once, and again after another bridge extended it. */
export function createChain({ workspace, store, signer }: Parts): Chain {
  let end: { readonly head: AuditHead; readonly checkpoint: SignedCheckpoint | undefined } | undefined;

  async function readEnd() {
    const start = { seq: 0, position: 0, hash: genesisHash(workspace) };
    const head = (await store.head(workspace)) ?? start;
    return { head, checkpoint: await store.lastCheckpoint(workspace) };
  }

  return {
    extend: async (now, limit) => {
      end ??= await readEnd();
      const { head, checkpoint: last } = end;
      const changes = await store.changesToChain(workspace, head.position, limit);
      const entries = chained(changes, head);
      const next = entries.at(-1) ?? head;
      const draft = { workspace, seq: next.seq, hash: next.hash, at: now, previous: last?.seq ?? 0 };
      const checkpoint =
        signer !== undefined && isDue(draft, last)
          ? { ...draft, ...signer.sign(checkpointBody(draft)) }
          : undefined;
      if (entries.length === 0 && checkpoint === undefined) return 0;
      end = (await store.append(workspace, entries, checkpoint))
        ? { head: next, checkpoint: checkpoint ?? last }
        : undefined;
      return changes.length;
    },
  };
}

/** A clock that was set back makes a checkpoint early, never late. */
function isDue({ seq, at, previous }: Checkpoint, last: Checkpoint | undefined): boolean {
  if (seq === previous) return false;
  return (
    seq - previous >= CHECKPOINT_ENTRIES || last === undefined || Math.abs(at - last.at) >= CHECKPOINT_MS
  );
}
