/**
 * The real program as a process, on a simulated Mode that outlives it: for tests that start the program again, or look at
 * Mode from both sides. The simulated Mode runs in the test's process. All of it ends with the test.
 */
import { onTestFinished } from 'vitest';
import { startSimulatedMode } from '../../src/app/simulated-mode.ts';
import { systemClock } from '../../src/clock.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { createLogger } from '../../src/observability/logger.ts';
import type { ProfileName } from '../../src/sandbox/mode/behaviour/profiles.ts';
import { freshDatabase, type EngineName } from '../databases.ts';
import { bootBridge, ROOMY, TOKENS, type Running } from './boot.ts';
import { client, type Call } from './client.ts';
import { control } from './mode-state.ts';

export interface RealStageOptions {
  readonly engine?: EngineName;
  readonly profile?: ProfileName;
  /** Settings of the simulated Mode besides its profile. */
  readonly sandbox?: object;
  /** What Mode has at the beginning, as PUT /_sandbox/state takes it. */
  readonly mode?: object;
  /** Settings of the bridge, and of commands, by their names in the environment. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface RealStage {
  /** The URL of the simulated Mode. */
  readonly sandbox: string;
  /** For the bridge and for commands. */
  readonly settings: Record<string, string>;
  /** Starts the program. One after the other: a bridge is stopped or killed before the next one is started. */
  boot(): Promise<RealBridge>;
}

export interface RealBridge extends Running {
  readonly scim: Call;
  /** From the root of the admin port on. */
  readonly admin: Call;
}

export async function openRealStage(options: RealStageOptions = {}): Promise<RealStage> {
  const config = readConfig({ SANDBOX_PORT: '0', SANDBOX_PROFILE: options.profile ?? 'kind' });
  const { sandbox } = await startSimulatedMode(config, systemClock, createLogger('silent'), {
    settings: { ...ROOMY, ...options.sandbox },
  });
  let bridge: RealBridge | undefined;
  onTestFinished(async () => {
    await bridge?.stop();
    await sandbox.close();
  });
  if (options.mode !== undefined) await control(sandbox.url, 'PUT', 'state', options.mode);
  const settings = {
    MODE_BASE_URL: sandbox.url,
    MODE_WORKSPACE: 'acme',
    MODE_API_KEY: 'sandbox',
    MODE_API_SECRET: 'sandbox',
    MODE_INVITER_KEY: 'inviter',
    MODE_INVITER_SECRET: 'inviter',
    BRIDGE_DATABASE_URL: await freshDatabase(options.engine ?? 'sqlite'),
    ...options.settings,
  };
  return {
    sandbox: sandbox.url,
    settings,
    boot: async () => {
      const running = await bootBridge(settings);
      bridge = {
        ...running,
        scim: client(running.told('SCIM Base URL'), TOKENS.scim),
        admin: client(running.told('Admin URL'), TOKENS.admin),
      };
      return bridge;
    },
  };
}
