/** Creates the indexes of the grants in a thread, because each takes a second per million grants. */
import { Worker } from 'node:worker_threads';
import { threadFile } from '../../thread-file.ts';

/** @throws Error for two grants with the same id, and when it is stopped */
export async function indexGrants(database: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const worker = new Worker(threadFile('index-grants-worker', import.meta.url), { workerData: database });
  const stop = () => void worker.terminate();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      worker.once('message', () => {
        resolve();
      });
      worker.once('error', reject);
      worker.once('exit', () => {
        reject(new Error('The thread that creates the indexes of a c1z file ended too early.'));
      });
    });
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
