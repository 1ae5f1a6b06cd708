/** Makes the indexes of the grants, in a thread of its own: each takes a second for a million. */
import { Worker } from 'node:worker_threads';

/** @throws Error for two grants of one id, and when it is stopped */
export async function indexGrants(database: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const worker = new Worker(new URL('index-grants-worker.ts', import.meta.url), { workerData: database });
  const stop = () => void worker.terminate();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      worker.once('message', () => {
        resolve();
      });
      worker.once('error', reject);
      worker.once('exit', () => {
        reject(new Error('The thread that makes the indexes of a c1z file ended before it was done.'));
      });
    });
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
