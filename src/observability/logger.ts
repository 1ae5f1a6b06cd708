/**
 * The log: JSON lines on standard error, without secrets. Query strings and bodies are never logged (src/http), and the
 * objects that libraries log are reduced (loggable.ts). Lines are written in the background, a moment later, and at the
 * end of the process.
 */
import { destination, pino, type DestinationStream, type Logger } from 'pino';
import { loggable } from './loggable.ts';
import { scrub } from './scrub.ts';

const BUFFER_BYTES = 8_192;
const FLUSH_MS = 100;

export type { Logger };

/** @param to standard error when not given */
export function createLogger(level: string, to: DestinationStream = standardError()): Logger {
  const formatters = { log: (fields: object) => loggable(fields) as Record<string, unknown> };
  const serializers = {
    msg: (text: unknown) => (typeof text === 'string' ? scrub(text) : text),
    // Errors are made loggable above, wherever they are.
    err: (error: unknown) => error,
  };
  return pino({ level, base: null, formatters, serializers }, to);
}

let stderr: DestinationStream | undefined;

/** One for the process, with one buffer and one timer for all loggers. */
function standardError(): DestinationStream {
  if (stderr !== undefined) return stderr;
  const opened = destination({ dest: 2, sync: false, minLength: BUFFER_BYTES, periodicFlush: FLUSH_MS });
  // A full disk or a closed pipe loses log lines. Without a listener, the error would end the process.
  opened.on('error', () => undefined);
  stderr = opened;
  return opened;
}
