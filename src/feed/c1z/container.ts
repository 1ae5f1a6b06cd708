/** The outside of a c1z file: five bytes that say what it is, then one zstd frame of a SQLite database. */
import { createReadStream, createWriteStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib';
import { BridgeError } from '../../errors.ts';

const MAGIC = Buffer.from('C1ZF\0', 'latin1');
/** The next version of the format, with another kind of database inside. */
const MAGIC_OF_VERSION_3 = Buffer.from('C1Z3\0', 'latin1');
/** What readers take apart at most; theirs is the limit, and a guard against a file made to fill the disk. */
const MAX_DATABASE_BYTES = 10 * 1024 ** 3;
const CHUNK_BYTES = 1024 ** 2;
/** On databases of grants the quickest level packs as tightly as the next ones. */
const LEVEL = 1;

/**
 * Writes the database as a c1z file, down to the disk.
 * @returns the bytes of both
 * @throws BridgeError payload_too_large when readers would refuse it
 */
export async function packC1z(
  database: string,
  file: string,
  signal: AbortSignal,
): Promise<{ databaseBytes: number; fileBytes: number }> {
  const { size } = await stat(database);
  if (size > MAX_DATABASE_BYTES) {
    throw new BridgeError(
      'payload_too_large',
      `The export is ${size} bytes before it is packed, and readers of c1z files refuse more than ` +
        `${MAX_DATABASE_BYTES}. Use another format, or export to a new file, which holds one sync instead of two.`,
    );
  }
  const zstd = createZstdCompress({
    chunkSize: CHUNK_BYTES,
    pledgedSrcSize: size,
    params: { [constants.ZSTD_c_compressionLevel]: LEVEL, [constants.ZSTD_c_checksumFlag]: 1 },
  });
  await pipeline(
    createReadStream(database, { highWaterMark: CHUNK_BYTES }),
    zstd,
    withMagic,
    createWriteStream(file, { flush: true, mode: 0o600 }),
    { signal },
  );
  return { databaseBytes: size, fileBytes: (await stat(file)).size };
}

async function* withMagic(frame: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield MAGIC;
  yield* frame;
}

/** Writes the database of a c1z file. @throws BridgeError conflict when the file is not one, or is damaged */
export async function unpackC1z(file: string, database: string, signal: AbortSignal): Promise<void> {
  const magic = await firstBytes(file);
  if (magic.equals(MAGIC_OF_VERSION_3)) throw notContinued(file, 'is a c1z file of version 3');
  if (!magic.equals(MAGIC)) throw notContinued(file, 'is not a c1z file');
  try {
    await pipeline(
      createReadStream(file, { start: MAGIC.length, highWaterMark: CHUNK_BYTES }),
      createZstdDecompress({ chunkSize: CHUNK_BYTES }),
      atMost(MAX_DATABASE_BYTES, file),
      createWriteStream(database, { mode: 0o600 }),
      { signal },
    );
  } catch (error) {
    // Those of the unpacking: `Z_BUF_ERROR` for a file cut short, `ZSTD_error_...` for all else.
    const isDamaged = error instanceof Error && 'code' in error && String(error.code).startsWith('Z');
    throw isDamaged ? notContinued(file, 'is damaged or cut short', error) : error;
  }
}

/** What is said of a file that is in the way: it may be somebody's only copy of something. */
export function notContinued(file: string, what: string, cause?: Error): BridgeError {
  return new BridgeError(
    'conflict',
    `${file} exists and ${what}, so its last sync cannot be kept beside the new one. Nothing was written: ` +
      'move the file away, or write to another.',
    { cause },
  );
}

async function firstBytes(file: string): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAGIC.length));
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

function atMost(limit: number, file: string) {
  return async function* (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let bytes = 0;
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > limit) throw notContinued(file, `holds more than the ${limit} bytes that a reader takes`);
      yield chunk;
    }
  };
}
