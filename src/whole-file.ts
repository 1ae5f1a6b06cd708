/**
 * Writes a file that is never incomplete under its name: it is written under another name, synced to disk, and renamed. Only
 * its owner can read it, because it contains personal data.
 */
import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { BridgeError } from './errors.ts';

/** @throws whatever `pieces` throws, and errors of the operating system; then there is no file */
export async function writeWhole(path: string, pieces: AsyncIterable<Uint8Array | string>): Promise<void> {
  const part = `${path}.${process.pid}.part`;
  const file = await open(part, 'w', 0o600);
  try {
    for await (const piece of pieces) await file.write(asBytes(piece));
    await file.sync();
    await file.close();
    await rename(part, path);
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(part, { force: true });
    throw error;
  }
}

/**
 * Checks the path before anything is read. A rename would replace a device such as /dev/null with the file.
 * @throws BridgeError invalid_value
 */
export async function assertWritable(path: string): Promise<void> {
  const [found, folder] = await Promise.all([kindOf(path), kindOf(dirname(path))]);
  if (folder !== 'folder')
    throw new BridgeError('invalid_value', `The folder ${dirname(path)} does not exist. Create it first.`);
  if (found === 'folder') throw new BridgeError('invalid_value', `${path} is a folder. Name a file.`);
  if (found === 'other')
    throw new BridgeError('invalid_value', `${path} is a device or a pipe. Name a file.`);
}

/** @returns undefined if there is nothing, or it cannot be inspected */
async function kindOf(path: string): Promise<'file' | 'folder' | 'other' | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return undefined;
  if (found.isFile()) return 'file';
  return found.isDirectory() ? 'folder' : 'other';
}

function asBytes(piece: Uint8Array | string): Uint8Array {
  return typeof piece === 'string' ? Buffer.from(piece) : piece;
}
