/**
 * Verifies an audit file line by line, from the file alone. It stops at the first line that the bridge did not write,
 * or that is out of place.
 */
import { Compile } from 'typebox/compile';
import { BridgeError } from '../../errors.ts';
import { isSigned } from '../checkpoint.ts';
import { canonicalText, genesisHash, hashOf } from '../entry.ts';
import { CheckpointLine, digestedBody, EndLine, EntryLine, HeaderLine, signedBody } from './audit-lines.ts';

export interface AuditSummary {
  readonly workspace: string;
  readonly first: number;
  readonly last: number;
  readonly checkpoints: number;
  /** The public keys of all signatures; empty: nothing is signed. SPKI in DER, base64. */
  readonly keys: readonly string[];
}

export interface AuditVerifier {
  /** @throws BridgeError invalid_value that names the line, and the entry */
  line(text: string): void;
  /** After the last line. @throws BridgeError invalid_value when lines are missing */
  end(): AuditSummary;
}

const [isHeader, isEntry, isCheckpoint, isEnd] = [
  Compile(HeaderLine),
  Compile(EntryLine),
  Compile(CheckpointLine),
  Compile(EndLine),
];

/** @param trusted the public keys that may sign; undefined: any, and a file without signatures is accepted */
export function createVerifier(trusted: ReadonlySet<string> | undefined): AuditVerifier {
  const keys = new Set<string>();
  let number = 0;
  let header: HeaderLine | undefined;
  let ended = false;
  let [seq, hash, checkpoint, checkpoints] = [0, '', 0, 0];

  function broken(what: string): BridgeError {
    return new BridgeError('invalid_value', `Line ${number} is broken: ${what}`);
  }

  function assertSigned(what: string, body: object, key: string | null, signature: string | null): void {
    if (key === null || signature === null) {
      if (trusted === undefined && key === null && signature === null) return;
      throw broken(`${what} has no signature.`);
    }
    if (!isSigned(body, { publicKey: key, signature }))
      throw broken(`the signature of ${what} does not match its content and its key.`);
    if (trusted?.has(key) === false) throw broken(`${what} is signed with another key.`);
    keys.add(key);
  }

  function assertSealed(what: string, value: HeaderLine | EndLine): void {
    if (hashOf(digestedBody(value)) !== value.digest) throw broken(`${what} was changed.`);
    assertSigned(what, signedBody(value), value.public_key, value.signature);
  }

  function begin(value: unknown): void {
    if (!isHeader.Check(value)) throw broken('an audit file begins with a header of this version.');
    assertSealed('the header', value);
    if (value.first === 1 && value.previous !== genesisHash(value.workspace))
      throw broken('the header does not fit the workspace.');
    header = value;
    [seq, hash] = [value.first - 1, value.previous];
  }

  function addEntry(entry: EntryLine): void {
    const expected = seq + 1;
    if (entry.seq > expected)
      throw broken(`entry ${expected} is missing or out of order: entry ${entry.seq} is in its place.`);
    if (entry.seq < expected)
      throw broken(`entry ${entry.seq} is out of order or was inserted: entry ${expected} must be here.`);
    const { hash: own, ...body } = entry;
    if (hashOf(body) !== own)
      throw broken(`entry ${entry.seq} was changed: its hash does not match its content.`);
    if (entry.previous !== hash)
      throw broken(`entry ${entry.seq} does not follow entry ${seq}: one of them was replaced.`);
    [seq, hash] = [entry.seq, own];
  }

  function addCheckpoint({ public_key: key, signature, ...body }: CheckpointLine, of: HeaderLine): void {
    if (body.seq > seq)
      throw broken(`entry ${seq + 1} is missing: the checkpoint of entry ${body.seq} is in its place.`);
    if (body.seq < seq)
      throw broken(`the checkpoint of entry ${body.seq} is out of order: it is after entry ${seq}.`);
    if (body.hash !== hash) throw broken(`the checkpoint of entry ${seq} belongs to another chain.`);
    if (body.workspace !== of.workspace)
      throw broken(`the checkpoint of entry ${seq} belongs to another workspace.`);
    assertSigned(`the checkpoint of entry ${seq}`, body, key, signature);
    // The checkpoint before the first one of a file may be outside the file.
    const known = checkpoint === 0 && body.previous < of.first;
    if (!known && body.previous !== checkpoint)
      throw broken(
        body.previous > checkpoint
          ? `the checkpoint of entry ${body.previous} is missing.`
          : `the checkpoint of entry ${seq} does not follow the one of entry ${checkpoint}.`,
      );
    checkpoint = body.seq;
    checkpoints += 1;
  }

  function finish(value: EndLine, of: HeaderLine): void {
    assertSealed('the end', value);
    if (value.header !== of.digest) throw broken('the end belongs to another file.');
    if (seq !== of.last) throw broken(`entry ${seq + 1} is missing: the file has entries to ${of.last}.`);
    if (value.seq !== seq || value.hash !== hash) throw broken('the end does not fit the last entry.');
    if (value.checkpoint !== checkpoint)
      throw broken(`the checkpoint of entry ${value.checkpoint} is missing.`);
    ended = true;
  }

  return {
    line: (text) => {
      number += 1;
      if (ended) throw broken('it is after the end of the file.');
      const value = parsed(text);
      if (value === undefined)
        throw broken(
          header === undefined
            ? 'it does not belong to an audit file.'
            : `it was changed, after entry ${seq}.`,
        );
      if (header === undefined) begin(value);
      else if (isEntry.Check(value)) addEntry(value);
      else if (isCheckpoint.Check(value)) addCheckpoint(value, header);
      else if (isEnd.Check(value)) finish(value, header);
      else throw broken(`it was changed, after entry ${seq}: no line of an audit file has this form.`);
    },
    end: () => {
      number += 1;
      if (header === undefined) throw broken('the file is empty.');
      const { workspace, first, last } = header;
      if (!ended)
        throw broken(
          seq < last
            ? `the file is cut off after entry ${seq} of ${last}.`
            : 'the file is cut off before its end.',
        );
      return { workspace, first, last, checkpoints, keys: [...keys] };
    },
  };
}

/** @returns undefined unless it is canonical JSON, in which a different byte always means a different value */
function parsed(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && canonicalText(value) === text ? value : undefined;
  } catch {
    return undefined;
  }
}
