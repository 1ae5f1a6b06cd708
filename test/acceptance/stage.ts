/**
 * A bridge and a simulated Mode within the test's own process, for tests that need many of them or look at the process
 * itself. They are spoken to over HTTP only.
 */
import { startApp } from '../../src/app/start-app.ts';
import { startSimulatedMode } from '../../src/app/simulated-mode.ts';
import { systemClock } from '../../src/clock.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { createLogger } from '../../src/observability/logger.ts';
import type { ProfileName } from '../../src/sandbox/mode/behaviour/profiles.ts';
import { freshDatabase, type EngineName } from '../databases.ts';
import { withMode } from '../with-mode.ts';
import { ROOMY, TOKENS } from './boot.ts';
import { control } from './mode-state.ts';
import { systemRandom } from '../../src/random.ts';

export interface OpenStage {
  readonly scim: string;
  readonly feed: string;
  readonly sandbox: string;
  readonly scimToken: string;
  readonly feedToken: string;
  readonly database: string;
  readonly admin: string;
  close(): Promise<void>;
}

export interface StageOptions {
  /** The simulated Mode's state at the beginning. */
  readonly seed?: unknown;
  readonly profile?: ProfileName;
}

export async function openStage(
  engine: EngineName,
  { seed, profile = 'kind' }: StageOptions = {},
): Promise<OpenStage> {
  const database = await freshDatabase(engine);
  const config = readConfig({
    BRIDGE_DATABASE_URL: database,
    BRIDGE_HOST: '127.0.0.1',
    BRIDGE_PORT: '0',
    BRIDGE_ADMIN_PORT: '0',
    SANDBOX_PORT: '0',
    SANDBOX_PROFILE: profile,
    BRIDGE_SCIM_TOKEN: TOKENS.scim,
    BRIDGE_FEED_TOKEN: TOKENS.feed,
    BRIDGE_ADMIN_TOKEN: TOKENS.admin,
    MODE_REQUESTS_PER_SECOND: '500',
  });
  const shared = { clock: systemClock, log: createLogger('silent') };
  const { sandbox, mode } = await startSimulatedMode(config, shared.clock, shared.log, { settings: ROOMY });
  if (seed !== undefined) await control(sandbox.url, 'PUT', 'state', seed);
  const app = await startApp({
    ...shared,
    ...withMode(config, mode),
    forgetful: true,
    random: systemRandom,
  });
  return {
    database,
    scim: `${app.publicUrl}/scim/v2`,
    feed: `${app.publicUrl}/feed/v1`,
    admin: `${app.adminUrl}/admin/api`,
    sandbox: sandbox.url,
    scimToken: TOKENS.scim,
    feedToken: TOKENS.feed,
    close: async () => {
      await app.close();
      await sandbox.close();
    },
  };
}
