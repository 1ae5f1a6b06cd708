/** Reads a secret from a file. */
import { readFileSync } from 'node:fs';
import { BridgeError } from '../errors.ts';
import { systemProblem } from '../system-error.ts';

/**
 * The content of the file, without white space around it.
 * @throws BridgeError invalid_config when it cannot be read, or is empty
 */
export function readSecretFile(path: string): string {
  let content: string;
  try {
    content = readFileSync(path, 'utf8').trim();
  } catch (error) {
    const reason = systemProblem(error)?.message ?? 'it cannot be read.';
    throw new BridgeError('invalid_config', `names the file "${path}": ${reason}`);
  }
  if (content !== '') return content;
  throw new BridgeError('invalid_config', `names the file "${path}", which is empty`);
}
