/** The database for commands about who is who on Mode, and what differs. */
import type { Clock } from '../clock.ts';
import type { Config } from '../config/read-config.ts';
import { createDesk, type Desk } from '../provisioning/desk.ts';
import { openStore } from '../store/open-store.ts';

/**
 * Opens the database for what operators ask of provisioning, and closes it afterwards.
 * @param work gets the workspaces that the database is of
 * @throws whatever `work` throws, and BridgeError invalid_config, unavailable
 */
export async function withDesk<T>(
  config: Config,
  clock: Clock,
  work: (desk: Desk, workspaces: readonly string[]) => Promise<T>,
): Promise<T> {
  const store = openStore(config.databaseUrl);
  try {
    await store.migrate();
    const workspaces = new Set((await store.access.connections()).map((one) => one.workspace));
    return await work(createDesk(store.provisioning, clock, config.drift), [...workspaces]);
  } finally {
    await store.close();
  }
}
