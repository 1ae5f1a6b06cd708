/** The log: JSON lines on standard error, without secrets. Query strings and bodies never get here (src/http). */
import { pino, type Logger } from 'pino';

/** Names under which a secret could ever be logged by mistake. */
const SECRETS = ['authorization', 'token', 'secret', 'password', 'key'];

export type { Logger };

export function createLogger(level: string): Logger {
  const paths = SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);
  return pino({ level, base: null, redact: { paths, censor: '****' } }, pino.destination(2));
}
