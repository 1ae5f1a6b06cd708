/** Many small values in one text: JSON lines, compressed with gzip, as base64. */
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { createGzip, gunzip } from 'node:zlib';

/** The maximum size of the decompressed JSON. */
const MAX_BYTES = 256 * 1024 * 1024;
/** Values that are serialised in one turn of the event loop. */
const PIECE = 1_000;

const unpack = promisify(gunzip);

export async function packLines(values: readonly object[]): Promise<string> {
  function* pieces(): Generator<string> {
    for (let from = 0; from < values.length; from += PIECE) {
      const lines = values.slice(from, from + PIECE).map((value) => JSON.stringify(value));
      yield `${lines.join('\n')}\n`;
    }
  }
  return (await buffer(Readable.from(pieces()).pipe(createGzip()))).toString('base64');
}

export async function unpackLines(text: string): Promise<readonly unknown[]> {
  const unpacked = await unpack(Buffer.from(text, 'base64'), { maxOutputLength: MAX_BYTES });
  const lines = unpacked.toString('utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as unknown);
}
