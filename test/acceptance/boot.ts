/** Starts the real program as a process of its own, and talks to nothing but its ports. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { COMPILE_CACHE } from '../compile-cache.ts';

const START_DEADLINE_MS = 20_000;

/** A rate of calls that no test waits for: what a Mode with a limit does is tested in virtual time. */
export const ROOMY = { rate_per_second: 200, burst: 100, rate_window: null } as const;

export const TOKENS = {
  scim: 'scim-token-for-tests-0001',
  feed: 'feed-token-for-tests-0001',
  admin: 'admin-token-for-tests-0001',
} as const;

export interface Running {
  readonly process: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** The value that a line of the start tells under that label. */
  readonly told: (label: string) => string;
  /** Asks it to end. @returns the exit code */
  readonly stop: () => Promise<number | null>;
  /** Ends it without asking. */
  readonly kill: () => Promise<void>;
}

/** @returns when the program has said `ready` on standard output */
export async function start(
  args: readonly string[],
  environment: Record<string, string>,
  ready: string,
  program = 'src/main.ts',
): Promise<Running> {
  const { running, exited } = launch(args, environment, program);
  const deadline = Date.now() + START_DEADLINE_MS;
  while (!running.stdout().includes(ready)) {
    if (exited.code !== undefined || Date.now() > deadline) {
      await running.kill();
      throw new Error(`The program did not start:\n${running.stdout()}\n${running.stderr()}`);
    }
    await delay(20);
  }
  return running;
}

/** Runs a command to its end, as a process of its own. */
export async function run(
  args: readonly string[],
  environment: Record<string, string>,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const { running } = launch(args, environment);
  const code = await ended(running.process);
  return { code, stdout: running.stdout(), stderr: running.stderr() };
}

/** A bridge with fixed tokens on free ports; without MODE_ settings a simulated Mode, a kind one, is beside it. */
export async function bootBridge(environment: Record<string, string>): Promise<Running> {
  return start(
    ['serve'],
    {
      BRIDGE_HOST: '127.0.0.1',
      BRIDGE_PORT: '0',
      BRIDGE_ADMIN_PORT: '0',
      SANDBOX_PORT: '0',
      SANDBOX_PROFILE: 'kind',
      BRIDGE_SCIM_TOKEN: TOKENS.scim,
      BRIDGE_FEED_TOKEN: TOKENS.feed,
      BRIDGE_ADMIN_TOKEN: TOKENS.admin,
      MODE_REQUESTS_PER_SECOND: '500',
      ...environment,
    },
    'Try it:',
  );
}

function launch(args: readonly string[], environment: Record<string, string>, program = 'src/main.ts') {
  const child = spawn(process.execPath, ['--disable-proto=delete', program, ...args], {
    env: { PATH: process.env['PATH'] ?? '', NODE_COMPILE_CACHE: COMPILE_CACHE, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const exited: { code?: number | null } = {};
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.once('close', (code) => (exited.code = code));
  const running: Running = {
    process: child,
    stdout: () => stdout,
    stderr: () => stderr,
    told: (label) => {
      const value = new RegExp(`^${label}\\s{2,}(\\S+)`, 'm').exec(stdout)?.[1];
      if (value === undefined) throw new Error(`The program did not tell its ${label}:\n${stdout}`);
      return value;
    },
    stop: async () => {
      child.kill('SIGTERM');
      return ended(child);
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended(child);
    },
  };
  return { running, exited };
}

async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
  return child.exitCode;
}
