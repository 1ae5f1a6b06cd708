/** An audit file, verified: for a command that needs no database and no settings. */
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { publicKeyOf } from '../audit/checkpoint.ts';
import { linesOf } from '../audit/file/lines.ts';
import { createVerifier, type AuditSummary } from '../audit/file/verify-audit.ts';

/**
 * @param keyPaths files with the public keys that may sign, PEM; none: any key is accepted
 * @param onProgress called with the bytes read so far, and all of them
 * @throws BridgeError invalid_value that names the first broken line and entry; errors of the operating system
 */
export async function verifyAudit(
  path: string,
  keyPaths: readonly string[],
  onProgress: (bytes: number, of: number) => void,
): Promise<AuditSummary> {
  const keys: string[] = [];
  for (const keyPath of keyPaths) keys.push(publicKeyOf(await readFile(keyPath, 'utf8')));
  const { size } = await stat(path);
  const verifier = createVerifier(keys.length === 0 ? undefined : new Set(keys));
  const stream = createReadStream(path, { highWaterMark: 256 * 1024 });
  let lines = 0;
  for await (const line of linesOf(stream)) {
    verifier.line(line);
    lines += 1;
    if (lines % 1_000 === 0) onProgress(stream.bytesRead, size);
  }
  return verifier.end();
}
