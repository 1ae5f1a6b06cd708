/** Runs a server as a process of its own and tells its address and how much memory it holds. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

const TICKS_A_SECOND = 100;

export interface Program {
  readonly url: string;
  readonly processId: number;
  stop(): Promise<void>;
}

/**
 * @param said finds the address in what the program writes when it listens
 * @param listening gets all that it wrote until then
 */
export async function startProgram(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  said: RegExp,
  listening: (output: string) => void = () => undefined,
): Promise<Program> {
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env['PATH'] ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      output += chunk.toString();
      const found = said.exec(output)?.[1];
      if (found === undefined) return;
      listening(output);
      // The log that follows is read away, and not kept.
      child.stdout.off('data', listen).resume();
      resolve(found);
    };
    child.stdout.on('data', listen);
    child.once('exit', () => {
      reject(new Error(`${args.join(' ')} did not start: ${output}`));
    });
  });
  return {
    url,
    processId: child.pid ?? 0,
    stop: async () => {
      child.kill('SIGTERM');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}

/** What the process holds in memory now, in megabytes of a million bytes; needs Linux's /proc. */
export function residentMegabytes(processId: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${processId}/status`, 'utf8'))?.[1];
  return (Number(kilobytes) * 1024) / 1_000_000;
}

/** The processor time that the process has used until now, in milliseconds; needs Linux's /proc. */
export function processorMs(processId: number): number {
  const fields = readFileSync(`/proc/${processId}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return ((Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND) * 1_000;
}
