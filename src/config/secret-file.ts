/** Reads a secret from a file. */
import { closeSync, openSync, readSync } from 'node:fs';
import { BridgeError } from '../errors.ts';
import { systemProblem } from '../system-error.ts';

/** The maximum size in bytes. A device such as /dev/zero has no end. */
const MAX_BYTES = 64 * 1024;

/**
 * The content of the file, without white space around it.
 * @throws BridgeError invalid_config when it cannot be read, is empty or is larger than 64 KiB
 */
export function readSecretFile(path: string): string {
  let content: string;
  try {
    content = readAtMost(path, MAX_BYTES + 1).trim();
  } catch (error) {
    const reason = systemProblem(error)?.message ?? 'it cannot be read.';
    throw new BridgeError('invalid_config', `names the file "${path}": ${reason}`);
  }
  if (Buffer.byteLength(content) > MAX_BYTES)
    throw new BridgeError('invalid_config', `names the file "${path}", which is larger than 64 KiB`);
  if (content !== '') return content;
  throw new BridgeError('invalid_config', `names the file "${path}", which is empty`);
}

function readAtMost(path: string, limit: number): string {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(limit);
    let length = 0;
    while (length < limit) {
      const count = readSync(file, buffer, length, limit - length, null);
      if (count === 0) break;
      length += count;
    }
    return buffer.toString('utf8', 0, length);
  } finally {
    closeSync(file);
  }
}
