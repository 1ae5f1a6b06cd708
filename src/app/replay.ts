/** Plays a recording against this version of the bridge, with a simulated Mode and a database of its own, in this process. */
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { timeLimit, type Clock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import { readConfig } from '../config/read-config.ts';
import { generateToken } from '../directory/access/token.ts';
import { BridgeError } from '../errors.ts';
import { createLogger } from '../observability/logger.ts';
import type { Random } from '../random.ts';
import { play, type Difference, type Stage } from '../recording/play.ts';
import { parseRecording, type Happening } from '../recording/recording.ts';
import type { Sandbox } from '../sandbox/mode/sandbox.ts';
import { startSimulatedMode } from './simulated-mode.ts';
import { startApp, type App } from './start-app.ts';

const MAX_BYTES = 256 * 1024 * 1024;
/** How long a state of Mode may take to become true. */
const SETTLE_MS = 120_000;
const LOOK_MS = 200;
const ANSWER_MS = 60_000;
/** A rate at which no call of a replay waits. */
const ROOMY = { rate_per_second: 500, burst: 500, rate_window: null, auto_accept_seconds: 0 };

interface Parts {
  readonly clock: Clock;
  readonly random: Random;
  readonly done: (steps: number, all: number) => void;
}

/** @throws BridgeError invalid_value for a file that is not a recording, or one that needs virtual time */
export async function replay(path: string, { clock, random, done }: Parts): Promise<readonly Difference[]> {
  const { size } = await stat(path);
  if (size > MAX_BYTES) throw new BridgeError('payload_too_large', `${path} is too large to be played.`);
  const recording = parseRecording(path, await readFile(path, 'utf8'));
  const unplayable = recording.steps.find(
    (step) => 'jump' in step || 'bridge' in step || 'connection' in step || 'drift' in step,
  );
  if (unplayable !== undefined) {
    throw new BridgeError(
      'invalid_value',
      `${path} has a step that only the tests can play: ${Object.keys(unplayable).join(', ')}.`,
    );
  }
  const folder = await mkdtemp(join(tmpdir(), 'bridge-replay-'));
  const log = createLogger('silent');
  const tokens = { scim: generateToken('scim', random), feed: generateToken('feed', random) };
  const config = readConfig({
    BRIDGE_DATABASE_URL: `sqlite:${join(folder, 'bridge.db')}`,
    BRIDGE_HOST: '127.0.0.1',
    BRIDGE_PORT: '0',
    BRIDGE_ADMIN_PORT: '0',
    SANDBOX_PORT: '0',
    SANDBOX_PROFILE: 'kind',
    MODE_REQUESTS_PER_SECOND: '500',
    BRIDGE_SCIM_TOKEN: tokens.scim,
    BRIDGE_FEED_TOKEN: tokens.feed,
  });
  const settings = { ...ROOMY, ...recording.sandbox };
  const { sandbox, mode } = await startSimulatedMode(config, clock, log, { settings });
  let app: App | undefined;
  try {
    if (recording.seed !== undefined)
      sandbox.control.putState(recording.seed as Parameters<Sandbox['control']['putState']>[0]);
    const workspaces = config.workspaces.map((workspace) => ({ ...workspace, slug: mode.workspace, mode }));
    const simulated: Config = { ...config, workspaces };
    app = await startApp({ config: simulated, workspaces, forgetful: true, clock, log, random });
    const stage = stageOf(app.publicUrl, sandbox, { tokens, clock });
    await settled(stage, sandbox);
    return await play(recording, stage, (steps) => {
      done(steps, recording.steps.length);
    });
  } finally {
    await app?.close();
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** An IdP connects to a bridge that has read Mode, so that it finds everybody. */
async function settled(stage: Stage, sandbox: Sandbox): Promise<void> {
  const { length } = sandbox.control.state().members;
  const headers = { authorization: `Bearer ${stage.tokens.scim}`, 'user-agent': 'replay' };
  await stage.eventually(async () => {
    const answer = await stage.send({ method: 'GET', path: '/scim/v2/Users?count=0', headers });
    const { totalResults } = JSON.parse(answer?.text ?? '{}') as { totalResults?: number };
    if (totalResults === undefined || totalResults < length) throw new Error('Mode was not read yet.');
  });
}

function stageOf(
  url: string,
  sandbox: Sandbox,
  { tokens, clock }: Pick<Stage, 'tokens'> & Pick<Parts, 'clock'>,
): Stage {
  return {
    tokens,
    send: async ({ method, path, headers, body }) => {
      const limit = timeLimit(clock, ANSWER_MS);
      try {
        const answer = await fetch(url + path, {
          method,
          headers: { ...headers },
          signal: limit.signal,
          ...(body === undefined ? {} : { body }),
        });
        return {
          status: answer.status,
          headers: Object.fromEntries(answer.headers),
          text: await answer.text(),
        };
      } finally {
        limit.end();
      }
    },
    mode: () => {
      const { members, groups = [] } = sandbox.control.state();
      return Promise.resolve({
        members: members.map(({ email, state = 'active', admin = false }) => ({ email, state, admin })),
        groups: groups.map(({ name, members: emails = [] }) => ({ name, members: emails })),
      });
    },
    eventually: async (check) => {
      for (const begin = clock.monotonic(); ;) {
        try {
          await check();
          return;
        } catch (error) {
          if (clock.monotonic() - begin > SETTLE_MS) throw error;
          await clock.sleep(LOOK_MS);
        }
      }
    },
    happen: async (happening: Happening) => {
      const { control } = sandbox;
      if ('pass' in happening) await clock.sleep(happening.pass.seconds * 1_000);
      else if ('edit' in happening) control.uiEdit(happening.edit as Parameters<typeof control.uiEdit>[0]);
      else if ('accept' in happening) control.acceptInvites(happening.accept);
      else if ('faults' in happening) control.set({ faults: happening.faults });
    },
  };
}
