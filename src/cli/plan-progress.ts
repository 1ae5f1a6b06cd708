/** The progress of a plan, as a bar on a terminal. */
import type { OnProgress } from '../operators/make-plan.ts';
import { progressBar } from './progress-bar.ts';

export async function withPlanProgress<T>(work: (onProgress: OnProgress) => Promise<T>): Promise<T> {
  const bar = progressBar();
  return work(({ phase, done, of }) => {
    bar.show(phase, done, of);
  }).finally(() => {
    bar.end();
  });
}
