/**
 * One entry of the audit log: an entry of the change log, with the hash of the entry before it. The hash of an entry is the
 * SHA-256 of its canonical JSON (RFC 8785), so a change, a gap or another order breaks every hash that follows.
 */
import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** An entry of the change log as it is stored. */
export interface StoredChange {
  readonly position: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly kind: string;
  readonly subject: { readonly kind: string; readonly id: string } | null;
  /** The text of a JSON object, exactly as it is stored. It is not parsed and serialised again before it is hashed. */
  readonly data: string;
  readonly requestId: string | null;
}

export interface AuditEntry extends StoredChange {
  /** 1 for the first entry of a workspace, without gaps. */
  readonly seq: number;
  /** The hash of the entry before it; of the first: `genesisHash`. */
  readonly previous: string;
  /** Hex. */
  readonly hash: string;
}

/** The format of entries, checkpoints and files. Another way to hash needs another name. */
export const AUDIT_FORMAT = 'mode-scim-bridge-audit/1';

/** Canonical JSON (RFC 8785). @throws Error for a value that JSON cannot have */
export function canonicalText(value: object): string {
  const text = canonicalize(value);
  if (text === undefined) throw new Error('Only a JSON object can be hashed.');
  return text;
}

/** SHA-256 of the canonical JSON, hex. */
export function hashOf(value: object): string {
  return hash('sha256', canonicalText(value));
}

/** What the first entry of a workspace has in place of the hash before it: chains of two workspaces share no hash. */
export function genesisHash(workspace: string): string {
  return hashOf({ format: AUDIT_FORMAT, workspace });
}

/** The part of an entry that is hashed. In a file, `hash` is added. */
export function entryBody(entry: StoredChange & Pick<AuditEntry, 'seq' | 'previous'>) {
  const { seq, position, at, kind, subject, data, requestId, previous } = entry;
  return { type: 'entry', seq, position, at, kind, subject, data, request_id: requestId, previous };
}

/** The changes as the next entries of the chain. @param head the last entry so far */
export function chained(
  changes: readonly StoredChange[],
  head: Pick<AuditEntry, 'seq' | 'hash'>,
): readonly AuditEntry[] {
  let { seq, hash: previous } = head;
  return changes.map((change) => {
    seq += 1;
    const linked = { ...change, seq, previous };
    const entry = { ...linked, hash: hashOf(entryBody(linked)) };
    previous = entry.hash;
    return entry;
  });
}
