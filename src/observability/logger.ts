/**
 * The log: JSON lines on standard error, without secrets. Query strings and bodies never get here (src/http). Lines
 * are written beside the work, at most a moment later; what is left is written when the process ends.
 */
import { destination, pino, type Logger } from 'pino';

/** Names under which a secret could ever be logged by mistake. */
const SECRETS: ReadonlySet<string> = new Set(['authorization', 'token', 'secret', 'password', 'key']);
const MAX_DEPTH = 4;
const BUFFER_BYTES = 8_192;
const FLUSH_MS = 100;

export type { Logger };

export function createLogger(level: string): Logger {
  const formatters = { log: (fields: object) => censored(fields, 0) as Record<string, unknown> };
  const stderr = destination({ dest: 2, sync: false, minLength: BUFFER_BYTES, periodicFlush: FLUSH_MS });
  // A full disk, or a reader that is gone, loses lines of the log; without a listener it would end the process.
  stderr.on('error', () => undefined);
  return pino({ level, base: null, formatters }, stderr);
}

/** The same with secrets hidden; itself when there is nothing to hide. */
function censored(value: unknown, depth: number): unknown {
  // An error is written by pino's own serializer.
  if (typeof value !== 'object' || value === null || value instanceof Error || depth >= MAX_DEPTH)
    return value;
  let copy: Record<string, unknown> | undefined;
  for (const [name, inner] of Object.entries(value)) {
    const shown = SECRETS.has(name.toLowerCase()) ? '****' : censored(inner, depth + 1);
    if (shown === inner) continue;
    copy ??= Array.isArray(value) ? ([...(value as unknown[])] as never) : { ...value };
    copy[name] = shown;
  }
  return copy ?? value;
}
