/** Stores the observations of a look or an operation. */
import type { Observation } from '../../provisioning/model/observation.ts';
import type { WorkContext } from '../work-context.ts';

export async function record(
  { workspace, store, clock }: Pick<WorkContext, 'workspace' | 'store' | 'clock'>,
  observed: Omit<Observation, 'workspace' | 'at'>,
): Promise<void> {
  await store.record({ workspace, at: clock.now(), ...observed });
}
