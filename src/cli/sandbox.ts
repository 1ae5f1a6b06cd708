/** `sandbox` */
import { startSimulatedMode } from '../app/simulated-mode.ts';
import { systemClock } from '../clock.ts';
import type { Credential, ModeAccess } from '../config/config.ts';
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
  const { sandbox: running, modes } = await startSimulatedMode(
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
  for (const mode of modes) for (const line of settingLines(mode, configured)) console.log(`  ${line}`);
  if (modes.length > 1) console.log(`Workspaces   ${modes.map(({ workspace }) => workspace).join(', ')}`);
  console.log(`Profile      ${running.control.settings().profile}`);
  console.log(`Control      ${running.url}/_sandbox (docs/sandbox.md)`);
  console.log(`Sandbox URL  ${running.url}`);
  await stopped;
  await running.close();
}

/**
 * The settings that point a bridge at a workspace.
 * @param known the access from the environment, whose secrets are not printed
 */
function settingLines(mode: ModeAccess, known: ModeAccess | undefined): readonly string[] {
  const lines = [`MODE_BASE_URL=${mode.baseUrl} MODE_WORKSPACE=${mode.workspace}`];
  if (mode.key !== known?.key) {
    const inviter = mode.inviter === undefined ? '' : ` ${keySettings('MODE_INVITER', mode.inviter)}`;
    lines.push(`${keySettings('MODE_API', mode.key)}${inviter}`);
  }
  if (mode.ownScim !== undefined) {
    const { url, token } = mode.ownScim;
    lines.push(`MODE_SCIM_URL=${url}${token === known?.ownScim?.token ? '' : ` MODE_SCIM_TOKEN=${token}`}`);
  }
  return lines;
}

function keySettings(prefix: string, { token, secret }: Credential): string {
  return `${prefix}_KEY=${token} ${prefix}_SECRET=${secret}`;
}

/** @throws BridgeError invalid_config */
function parse(flag: string, text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Reported below, like any other value that is not an object.
  }
  throw new BridgeError('invalid_config', `${flag} expects a JSON object, such as '{"latency_ms": 50}'.`);
}
