/** The database for commands that look after it. */
import { createMaintenance, type Maintenance } from '../admin/maintenance.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config/read-config.ts';
import { createEventKeys } from '../feed/events/event-keys.ts';
import { openStore } from '../store/open-store.ts';

/**
 * Opens the database for a command, and closes it afterwards.
 * @throws whatever `work` throws, and BridgeError invalid_config, unavailable
 */
export async function withMaintenance<T>(
  config: Config,
  clock: Clock,
  work: (maintenance: Maintenance, applied: readonly string[]) => Promise<T>,
): Promise<T> {
  const store = openStore(config.databaseUrl);
  try {
    const applied = await store.migrate();
    return await work(
      createMaintenance(
        {
          access: store.access,
          store: store.status,
          idp: store.idp,
          capabilities: store.capabilities,
          tasks: store.tasks,
          eventKeys: createEventKeys(store.eventKeys, clock, config.eventsKey),
        },
        clock,
      ),
      applied,
    );
  } finally {
    await store.close();
  }
}
