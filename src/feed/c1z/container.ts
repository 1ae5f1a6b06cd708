/** The container of a c1z file: five magic bytes, then a SQLite database as one zstd frame. */
import { createReadStream, createWriteStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib';
import { BridgeError } from '../../errors.ts';

const MAGIC = Buffer.from('C1ZF\0', 'latin1');
/** The next version of the format, which contains another kind of database. */
const MAGIC_OF_VERSION_3 = Buffer.from('C1Z3\0', 'latin1');
/** The limit of readers. It also protects against a file that was made to fill the disk. */
const MAX_DATABASE_BYTES = 10 * 1024 ** 3;
const CHUNK_BYTES = 1024 ** 2;
/** For databases of grants, the fastest level compresses as well as the next ones. */
const LEVEL = 1;

/**
 * Writes the database as a c1z file, and syncs it to disk.
 * @returns the sizes of both files in bytes
 * @throws BridgeError payload_too_large if readers would reject it
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
      `The export has ${size} bytes before compression, and readers of c1z files reject more than ` +
        `${MAX_DATABASE_BYTES}. Use another format, or export to a new file, which has one sync instead of two.`,
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
    // Errors of decompression: `Z_BUF_ERROR` for a file that was cut off, else `ZSTD_error_...`.
    const isDamaged = error instanceof Error && 'code' in error && String(error.code).startsWith('Z');
    throw isDamaged ? notContinued(file, 'is damaged or was cut off', error) : error;
  }
}

/** The error for an existing file that cannot be continued. It is not overwritten: it may be the only copy of something. */
export function notContinued(file: string, what: string, cause?: Error): BridgeError {
  return new BridgeError(
    'conflict',
    `${file} exists and ${what}, so its last sync cannot be kept next to the new one. Nothing was written. ` +
      'Move the file away, or write to another file.',
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
      if (bytes > limit)
        throw notContinued(file, `contains more than the ${limit} bytes that readers accept`);
      yield chunk;
    }
  };
}
