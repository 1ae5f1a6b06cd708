/** The use cases of operators on a store: for both servers, and for commands. */
import type { Clock } from '../clock.ts';
import type { Config } from '../config/read-config.ts';
import { createOperators, type Operators } from '../operators/operators.ts';
import type { Store } from '../store/open-store.ts';

export function operatorsOf(store: Store, clock: Clock, { drift }: Pick<Config, 'drift'>): Operators {
  const { access, idp, capabilities, tasks, provisioning, status } = store;
  return createOperators({ access, idp, capabilities, tasks, provisioning, status, clock, drift });
}
