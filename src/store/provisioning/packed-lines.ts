/** Many small values in one text: one a line as JSON, packed by gzip, as base64. */
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gunzip, gzipSync } from 'node:zlib';

/** The maximum size of the decompressed JSON. */
const MAX_BYTES = 256 * 1024 * 1024;
/** Values that are packed in one turn of the event loop, as a gzip member of their own: a file may have many. */
const PIECE = 500;
/** Enough for most pieces. */
const SCRATCH_BYTES = 512 * 1024;

const unpack = promisify(gunzip);

export async function packLines(values: Iterable<object>): Promise<string> {
  const packed: Buffer[] = [];
  // One for all pieces: memory outside of the heap is given back late.
  const scratch = Buffer.allocUnsafe(SCRATCH_BYTES);
  let lines: string[] = [];
  const pack = () => {
    const text = `${lines.join('\n')}\n`;
    const fits = Buffer.byteLength(text) <= scratch.length;
    const bytes = fits ? scratch.subarray(0, scratch.write(text)) : Buffer.from(text);
    // A copy: what zlib returns keeps hold of more than it fills.
    if (lines.length > 0) packed.push(Buffer.from(gzipSync(bytes)));
    lines = [];
  };
  for (const value of values) {
    if (lines.push(JSON.stringify(value)) < PIECE) continue;
    pack();
    await setImmediate();
  }
  pack();
  return Buffer.concat(packed).toString('base64');
}

export async function unpackLines(text: string): Promise<readonly unknown[]> {
  const unpacked = await unpack(Buffer.from(text, 'base64'), { maxOutputLength: MAX_BYTES });
  const lines = unpacked.toString('utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as unknown);
}
