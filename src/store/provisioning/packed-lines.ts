/** Many small values in one text: JSON lines, compressed with gzip, as base64. */
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gunzip, gzipSync } from 'node:zlib';

/** The maximum size of the decompressed JSON. */
const MAX_BYTES = 256 * 1024 * 1024;
/** Values that are compressed in one turn of the event loop, as one member of the gzip file. */
const PIECE = 500;
/** Enough for most pieces. */
const SCRATCH_BYTES = 512 * 1024;

const unpack = promisify(gunzip);

export async function packLines(values: Iterable<object>): Promise<string> {
  const packed: Buffer[] = [];
  // One buffer for all pieces, because memory outside the heap is freed late.
  const scratch = Buffer.allocUnsafe(SCRATCH_BYTES);
  let lines: string[] = [];
  const pack = () => {
    const text = `${lines.join('\n')}\n`;
    const fits = Buffer.byteLength(text) <= scratch.length;
    const bytes = fits ? scratch.subarray(0, scratch.write(text)) : Buffer.from(text);
    // A copy, because the buffer that zlib returns is larger than its content. Without any value there is one empty piece.
    if (lines.length > 0 || packed.length === 0) packed.push(Buffer.from(gzipSync(bytes)));
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
