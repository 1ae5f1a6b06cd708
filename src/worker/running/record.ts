/** Writes down what a look or an operation added to what is known, as of now. */
import type { Observation } from '../../provisioning/model/observation.ts';
import type { WorkContext } from '../work-context.ts';

export async function record(
  { workspace, store, clock }: Pick<WorkContext, 'workspace' | 'store' | 'clock'>,
  observed: Omit<Observation, 'workspace' | 'at'>,
): Promise<void> {
  await store.record({ workspace, at: clock.now(), ...observed });
}
