/** The lines of an audit file: a header, entries with the checkpoints among them, and an end. Each is canonical JSON. */
import { Type, type Static, type TProperties } from 'typebox';
import { checkpointBody, type SignedCheckpoint } from '../checkpoint.ts';
import { AUDIT_FORMAT, canonicalText, entryBody, hashOf, type AuditEntry } from '../entry.ts';

const Hash = Type.String({ pattern: '^[0-9a-f]{64}$' });
const Count = Type.Integer({ minimum: 0 });
const TextOrNull = Type.Union([Type.String(), Type.Null()]);
const line = <Fields extends TProperties>(fields: Fields) =>
  Type.Object(fields, { additionalProperties: false });

/** Null without a key. */
const signed = { public_key: TextOrNull, signature: TextOrNull };

export const HeaderLine = line({
  type: Type.Literal('header'),
  format: Type.Literal(AUDIT_FORMAT),
  workspace: Type.String(),
  /** The entries that follow. */
  first: Type.Integer({ minimum: 1 }),
  last: Type.Integer({ minimum: 1 }),
  /** The hash of the entry before the first. */
  previous: Hash,
  /** When the file was written. Milliseconds since the epoch, like every instant here. */
  at: Count,
  ...signed,
  /** The SHA-256 of the rest of the line. */
  digest: Hash,
});
export const EntryLine = line({
  type: Type.Literal('entry'),
  seq: Type.Integer({ minimum: 1 }),
  position: Count,
  at: Type.Integer(),
  kind: Type.String(),
  subject: Type.Union([line({ kind: Type.String(), id: Type.String() }), Type.Null()]),
  data: Type.String(),
  request_id: TextOrNull,
  previous: Hash,
  hash: Hash,
});
export const CheckpointLine = line({
  type: Type.Literal('checkpoint'),
  workspace: Type.String(),
  seq: Type.Integer({ minimum: 1 }),
  hash: Hash,
  at: Type.Integer(),
  previous: Count,
  public_key: Type.String(),
  signature: Type.String(),
});
export const EndLine = line({
  type: Type.Literal('end'),
  /** The digest of the header. */
  header: Hash,
  /** The last entry, and its hash. */
  seq: Type.Integer({ minimum: 1 }),
  hash: Hash,
  /** The `seq` of the last checkpoint in the file; 0: it has none. */
  checkpoint: Count,
  ...signed,
  digest: Hash,
});
export type HeaderLine = Static<typeof HeaderLine>;
export type EntryLine = Static<typeof EntryLine>;
export type CheckpointLine = Static<typeof CheckpointLine>;
export type EndLine = Static<typeof EndLine>;

/** The part of a header or an end that is signed. */
export function signedBody(line: HeaderLine | EndLine): object {
  return without(line, ['public_key', 'signature', 'digest']);
}

/** The part of the line that the digest covers. */
export function digestedBody(line: HeaderLine | EndLine): object {
  return without(line, ['digest']);
}

function without(line: object, names: readonly string[]): object {
  return Object.fromEntries(Object.entries(line).filter(([name]) => !names.includes(name)));
}

/** The text of a line, with the line feed that ends it. */
export function lineText(value: object): string {
  return `${canonicalText(value)}\n`;
}

export function entryLine(entry: AuditEntry): string {
  return lineText({ ...entryBody(entry), hash: entry.hash });
}

export function checkpointLine(checkpoint: SignedCheckpoint): string {
  const { publicKey: public_key, signature } = checkpoint;
  return lineText({ ...checkpointBody(checkpoint), public_key, signature });
}

/** With its digest. */
export function sealed<Body extends object>(body: Body): Body & { readonly digest: string } {
  return { ...body, digest: hashOf(body) };
}
