/** Searches without an index on SQLite: threads run them, so that they hold up no request. */
import { Worker } from 'node:worker_threads';
import type { CompiledQuery } from 'kysely';
import { systemClock } from '../../clock.ts';
import { BridgeError } from '../../errors.ts';
import { threadFile } from '../../thread-file.ts';
import { createScanQueue, tooSlow } from './scan-queue.ts';
import type { ScanAnswer, ScanRequest, ScanSettings } from './sqlite-scan-worker.ts';

interface Scans {
  /** @throws BridgeError too_many when it runs for too long; unavailable when too many wait, or at a stop */
  run<Row>(query: CompiledQuery<Row>): Promise<readonly Row[]>;
  close(): Promise<void>;
}

/** Threads are started when they are needed first, and stay. */
export function sqliteScans(settings: ScanSettings): Scans {
  const inTurn = createScanQueue(systemClock);
  const threads = new Set<Worker>();
  const idle: Worker[] = [];

  function start(): Worker {
    const thread = new Worker(threadFile('sqlite-scan-worker', import.meta.url), { workerData: settings });
    // A command that is done does not wait for it.
    thread.unref();
    threads.add(thread);
    thread.once('exit', () => {
      threads.delete(thread);
      if (idle.includes(thread)) idle.splice(idle.indexOf(thread), 1);
    });
    return thread;
  }

  function ask(thread: Worker, request: ScanRequest): Promise<ScanAnswer> {
    return new Promise((resolve, reject) => {
      const ended = () => {
        reject(new BridgeError('unavailable', 'The thread that searches has ended. Try again.'));
      };
      const settle = (finish: () => void) => {
        thread.off('message', answered).off('error', failed).off('exit', ended);
        finish();
      };
      const answered = (answer: ScanAnswer) => {
        settle(() => {
          idle.push(thread);
          resolve(answer);
        });
      };
      const failed = (error: unknown) => {
        settle(() => {
          reject(error instanceof Error ? error : new Error('The thread that searches failed.'));
        });
      };
      thread.once('message', answered).once('error', failed).once('exit', ended);
      thread.postMessage(request);
    });
  }

  return {
    run: <Row>({ sql, parameters }: CompiledQuery<Row>) =>
      inTurn(async () => {
        const answer = await ask(idle.pop() ?? start(), { sql, parameters });
        if ('late' in answer) throw tooSlow(settings.limitMs);
        if ('error' in answer) throw new Error(`A search failed: ${answer.error}`);
        return answer.rows as readonly Row[];
      }),
    close: async () => {
      await Promise.all([...threads].map((thread) => thread.terminate()));
    },
  };
}
