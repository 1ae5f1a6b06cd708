/** `sandbox` */
import { startSimulatedMode } from '../app/simulated-mode.ts';
import { systemClock } from '../clock.ts';
import { readConfig } from '../config/read-config.ts';
import { BridgeError } from '../errors.ts';
import { createLogger } from '../observability/logger.ts';
import { untilStopped } from './until-stopped.ts';

export interface SandboxFlags {
  readonly profile?: string;
  readonly settings?: string;
  readonly seed?: string;
}

export async function sandbox(flags: SandboxFlags): Promise<void> {
  const config = readConfig();
  const configured = config.workspaces[0]?.mode;
  const profile = flags.profile === undefined ? {} : { profile: flags.profile };
  const { sandbox: running, mode } = await startSimulatedMode(
    config,
    systemClock,
    createLogger(config.server.logLevel),
    {
      settings: { ...parse('--settings', flags.settings ?? '{}'), ...profile },
      ...(flags.seed === undefined ? {} : { seed: parse('--seed', flags.seed) }),
    },
  );
  // A script may send SIGTERM as soon as it reads the lines below.
  const stopped = untilStopped();
  console.log('A simulated Mode. Point a bridge at it with:');
  console.log(`  MODE_BASE_URL=${running.url} MODE_WORKSPACE=${mode.workspace}`);
  if (configured === undefined) {
    console.log(
      '  MODE_API_KEY=sandbox MODE_API_SECRET=sandbox MODE_INVITER_KEY=inviter MODE_INVITER_SECRET=inviter',
    );
  }
  if (mode.ownScim !== undefined) {
    const token = configured?.ownScim === undefined ? ` MODE_SCIM_TOKEN=${mode.ownScim.token}` : '';
    console.log(`  MODE_SCIM_URL=${mode.ownScim.url}${token}`);
  }
  console.log(`Profile      ${running.control.settings().profile}`);
  console.log(`Control      ${running.url}/_sandbox (docs/sandbox.md)`);
  console.log(`Sandbox URL  ${running.url}`);
  await stopped;
  await running.close();
}

/** @throws BridgeError invalid_config */
function parse(flag: string, text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Told below, like any other value that is not an object.
  }
  throw new BridgeError('invalid_config', `${flag} expects a JSON object, such as '{"latency_ms": 50}'.`);
}
