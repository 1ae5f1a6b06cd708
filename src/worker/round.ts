/** What one look at a subject comes to. */
import type { Observation } from '../provisioning/observation.ts';
import type { Plan } from '../provisioning/plan.ts';

export interface Round {
  readonly plan: Plan;
  /** Every row the plan looked at is as Mode showed it, none only as we wrote it. */
  readonly confirmed: boolean;
  /** Links that the look found, and whom they wake. */
  readonly learned?: Pick<Observation, 'links' | 'wake'>;
}
