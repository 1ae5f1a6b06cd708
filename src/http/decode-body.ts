/** Decodes a body with the charset of its Content-Type, or as UTF-8 when there is none. */
import { isUtf8 } from 'node:buffer';
import { BridgeError } from '../errors.ts';

const CHARSET = /;\s*charset\s*=\s*"?([^\s";]+)/i;
const UTF_8: ReadonlySet<string> = new Set(['utf-8', 'utf8']);

/**
 * Nothing is guessed: bytes that are not valid in the charset are rejected, because the stored text would be damaged.
 * @throws BridgeError invalid_syntax
 */
export function decodeBody(body: Buffer, contentType: string | undefined): string {
  const charset = CHARSET.exec(contentType ?? '')?.[1]?.toLowerCase() ?? 'utf-8';
  if (UTF_8.has(charset)) {
    if (isUtf8(body)) return body.toString('utf8');
    throw new BridgeError(
      'invalid_syntax',
      'The body is not valid UTF-8. Send it as UTF-8, or name its charset in the Content-Type header.',
    );
  }
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(charset, { fatal: true });
  } catch {
    throw new BridgeError(
      'invalid_syntax',
      `The charset "${charset.slice(0, 100)}" in the Content-Type header is not supported. Send the body as UTF-8.`,
    );
  }
  try {
    return decoder.decode(body);
  } catch {
    throw new BridgeError('invalid_syntax', `The body is not valid ${charset}. Send it as UTF-8.`);
  }
}
