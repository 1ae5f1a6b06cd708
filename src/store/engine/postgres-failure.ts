/** Distinguishes a PostgreSQL that is away, or cannot be written, from a statement that is wrong. */
import { BridgeError } from '../../errors.ts';

/** Classes and codes of SQLSTATE with which the server says that it cannot serve now, and in what words. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/^53100$/, 'its disk is full'],
  [/^53300$/, 'it takes no more connections'],
  [/^53/, 'it has no resources left'],
  [/^57P0[123]$/, 'it is stopping or starting'],
  [/^08/, 'the connection to it broke'],
  [/^25006$/, 'it can only be read, as a standby can'],
  [/^28/, 'it refuses this user or password'],
  [/^3D000$/, 'it has no database of this name'],
];
const NETWORK = /^(ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOTFOUND|EAI_|EADDR)/;
/** What the driver says without a code. */
const BROKEN =
  /^Connection terminated|^timeout exceeded when trying to connect|not queryable|connection error|^Query read timeout/;

/** @returns what to throw: BridgeError unavailable when the database is away, else the error itself */
export function postgresFailure(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof BridgeError) return error;
  const code = (error as { code?: string }).code ?? '';
  const known = REASONS.find(([pattern]) => pattern.test(code))?.[1];
  const reason =
    known ?? (NETWORK.test(code) || BROKEN.test(error.message) ? 'it cannot be reached' : undefined);
  if (reason === undefined) return error;
  // The address is in the cause alone: this message also goes to who asks over HTTP.
  return new BridgeError('unavailable', `The database does not serve now: ${reason}.`, { cause: error });
}

/** Whether the failure says that nothing can be written, although reads may be answered. */
export function cannotWrite(error: unknown): error is BridgeError {
  const cause = error instanceof BridgeError ? error.cause : undefined;
  return /^(53100|25006)$/.test((cause as { code?: string } | undefined)?.code ?? '');
}
