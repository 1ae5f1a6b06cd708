/**
 * Writes a part of the audit log as lines, batch by batch. Hashes are written as they are stored, so that `verify`
 * finds later changes.
 */
import { BridgeError } from '../../errors.ts';
import type { AuditStore } from '../audit-store.ts';
import type { AuditSigner } from '../checkpoint.ts';
import { AUDIT_FORMAT, genesisHash } from '../entry.ts';
import { checkpointLine, entryLine, lineText, sealed } from './audit-lines.ts';

const BATCH = 1_000;

export interface AuditRange {
  readonly workspace: string;
  /** `seq` of the first and the last entry. */
  readonly first: number;
  readonly last: number;
  /** When the file is written. Milliseconds since the epoch. */
  readonly at: number;
}

/**
 * @param signer undefined: nothing is signed
 * @param onProgress called with the number of entries written so far
 */
export async function* auditLines(
  store: AuditStore,
  signer: AuditSigner | undefined,
  { workspace, first, last, at }: AuditRange,
  onProgress: (entries: number) => void = () => undefined,
): AsyncGenerator<string, void> {
  const unsigned = { publicKey: null, signature: null };
  const line = (body: object) => {
    const { publicKey: public_key, signature } = signer?.sign(body) ?? unsigned;
    return sealed({ ...body, public_key, signature });
  };
  let previous = first === 1 ? genesisHash(workspace) : await store.hashAt(workspace, first - 1);
  if (previous === undefined)
    throw new BridgeError(
      'internal',
      `Entry ${first - 1} of the audit log is missing from the database: export from a later time.`,
    );
  const header = line({ type: 'header', format: AUDIT_FORMAT, workspace, first, last, previous, at });
  yield lineText(header);
  let [seq, checkpoint] = [first - 1, 0];
  while (seq < last) {
    const entries = await store.entries(workspace, seq + 1, last, BATCH);
    const end = entries.at(-1)?.seq ?? last;
    const checkpoints = await store.checkpoints(workspace, seq + 1, end);
    const lines: string[] = [];
    for (const entry of entries) {
      lines.push(entryLine({ ...entry, previous }));
      ({ hash: previous } = entry);
      const here = checkpoints.find((one) => one.seq === entry.seq);
      if (here === undefined) continue;
      lines.push(checkpointLine(here));
      checkpoint = here.seq;
    }
    seq = end;
    if (lines.length > 0) yield lines.join('');
    onProgress(seq - first + 1);
  }
  yield lineText(line({ type: 'end', header: header.digest, seq: last, hash: previous, checkpoint }));
}
