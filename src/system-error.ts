/**
 * Describes an error of the operating system in one sentence, with what to do: a missing file, a full disk, a host that
 * does not answer. Only the code, path and address of the error are shown.
 */

export interface SystemProblem {
  readonly message: string;
  /** A person can correct it: a path, a permission. Otherwise the machine or the network fails. */
  readonly correctable: boolean;
}

interface SystemError extends Error {
  readonly code?: unknown;
  readonly path?: unknown;
  readonly dest?: unknown;
  readonly address?: unknown;
  readonly port?: unknown;
  readonly hostname?: unknown;
}

type Explain = (what: string) => string;

/** Errors about a path. */
const PATHS: Readonly<Record<string, Explain>> = {
  ENOENT: (path) => `${path} does not exist, or the folder that it is in does not.`,
  EISDIR: (path) => `${path} is a folder: name a file.`,
  ENOTDIR: (path) => `A part of ${path} is a file where a folder is needed.`,
  EEXIST: (path) => `${path} exists already and is something else than is needed there.`,
  ENOTEMPTY: (path) => `${path} is a folder that is not empty.`,
  EACCES: (path) => `${path} may not be used by this user: change its owner or its permissions.`,
  EPERM: (path) => `${path} may not be used by this user: change its owner or its permissions.`,
  EROFS: (path) => `${path} is on a file system that cannot be written: choose another path.`,
  ENAMETOOLONG: (path) => `${path} is too long for a path.`,
  ELOOP: (path) => `${path} is a symbolic link that leads to itself.`,
  EXDEV: (path) => `${path} is on another file system: choose a path on the same one.`,
};

/** Errors of the machine or the network, wherever they occur. */
const MACHINE: Readonly<Record<string, Explain>> = {
  ENOSPC: (what) => `The disk is full${at(what)}: make room and try again.`,
  EDQUOT: (what) => `The disk quota is used up${at(what)}: make room and try again.`,
  EIO: (what) => `The disk failed${at(what)}.`,
  EMFILE: (what) => `Too many files are open${at(what)}: raise the limit of open files.`,
  ENFILE: (what) => `Too many files are open on this machine${at(what)}.`,
  ENOMEM: (what) => `There is not enough memory${at(what)}.`,
  ECONNREFUSED: (what) => `Nothing answers${at(what)}: is it running, and is the address right?`,
  ECONNRESET: (what) => `The connection was closed by the other side${at(what)}.`,
  EHOSTUNREACH: (what) => `The network does not reach the host${at(what)}.`,
  ENETUNREACH: (what) => `The network does not reach the host${at(what)}.`,
  ENOTFOUND: (what) => `There is no host of this name${at(what)}.`,
  EAI_AGAIN: (what) => `The name of the host could not be looked up${at(what)}: try again.`,
  ETIMEDOUT: (what) => `There was no answer in time${at(what)}.`,
};

/** @returns undefined for any other error */
export function systemProblem(error: unknown): SystemProblem | undefined {
  // A host with several addresses fails with one error for each, and with no message of its own.
  if (error instanceof AggregateError && error.errors.length > 0) return systemProblem(error.errors[0]);
  if (!(error instanceof Error)) return undefined;
  const { code, path, dest, address, port, hostname } = error as SystemError;
  if (typeof code !== 'string') return undefined;
  const where = textOf(dest) ?? textOf(path) ?? addressOf(address, port) ?? textOf(hostname);
  const machine = MACHINE[code];
  if (machine !== undefined) return { message: machine(where ?? ''), correctable: false };
  const explain = PATHS[code];
  return explain === undefined ? undefined : { message: explain(where ?? 'The path'), correctable: true };
}

function at(what: string): string {
  return what === '' ? '' : ` (${what})`;
}

function addressOf(address: unknown, port: unknown): string | undefined {
  const host = textOf(address);
  if (host === undefined) return undefined;
  return typeof port === 'number' ? `${host.includes(':') ? `[${host}]` : host}:${port}` : host;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
