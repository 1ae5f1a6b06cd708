/** `replay` */
import { replay as play } from '../app/replay.ts';
import { systemClock } from '../clock.ts';
import { BridgeError } from '../errors.ts';
import { systemRandom } from '../random.ts';
import { counted } from '../operators/counted.ts';
import { progressBar } from './progress-bar.ts';

export async function replay(file: string, { json }: { readonly json?: boolean }): Promise<void> {
  const bar = progressBar();
  const differences = await play(file, {
    clock: systemClock,
    random: systemRandom,
    done: (steps, all) => {
      bar.show('playing', steps, all);
    },
  }).finally(bar.end);
  if (json === true) console.log(JSON.stringify({ differences }, undefined, 2));
  else
    for (const { step, problems } of differences) {
      console.log(step);
      for (const problem of problems) console.log(`  ${problem}`);
    }
  if (differences.length > 0) {
    throw new BridgeError('conflict', `${counted(differences.length, 'step')} did not turn out as recorded.`);
  }
  if (json !== true) console.log('Everything turned out as recorded.');
}
