/** What one look at a subject comes to. */
import type { Observation } from '../../provisioning/model/observation.ts';
import type { Plan } from '../../provisioning/plan/plan.ts';

export interface Round {
  readonly plan: Plan;
  /** Every row the plan looked at is as Mode showed it, none only as we wrote it. */
  readonly confirmed: boolean;
  /** The user is pushed and not wanted: when nothing is left to do, they have left. */
  readonly leaving?: boolean;
  /** Links and invites that the look found, and the subjects that they concern. */
  readonly learned?: Pick<Observation, 'links' | 'enqueue' | 'invites'>;
}
