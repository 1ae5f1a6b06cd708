/**
 * Reduces a value to what may be logged. An error of a library has more than its message (the raw packet of a request,
 * the values of a row, a URL with its password), and so does an object of a class, such as a socket.
 */
import { scrub } from './scrub.ts';

/** Names under which a secret could ever be logged by mistake. */
const SECRET_NAME = /authorization|cookie|credential|passw|secret|token|key$/i;
const MASK = '****';
const MAX_DEPTH = 6;

/** @returns the value itself when nothing must be removed */
export function loggable(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return scrub(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '[nested too deep]';
  if (value instanceof Error) return loggableError(value, depth);
  if (Array.isArray(value)) return value.map((item) => loggable(item, depth + 1));
  if (!isPlain(value)) return value instanceof Date ? value : `[${value.constructor.name}]`;
  let copy: Record<string, unknown> | undefined;
  for (const [name, inner] of Object.entries(value)) {
    const isSecret = SECRET_NAME.test(name) && inner !== null && inner !== undefined;
    const shown = isSecret ? MASK : loggable(inner, depth + 1);
    if (shown === inner) continue;
    copy ??= { ...value };
    copy[name] = shown;
  }
  return copy ?? value;
}

/** Only the name, message, code, stack and causes. */
function loggableError(error: Error, depth: number): object {
  const { code } = error as Error & { code?: unknown };
  return {
    type: error.name,
    message: scrub(error.message),
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    stack: scrub(error.stack ?? ''),
    ...(error.cause === undefined ? {} : { cause: loggable(error.cause, depth + 1) }),
    ...(error instanceof AggregateError ? { errors: loggable(error.errors, depth + 1) } : {}),
  };
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
