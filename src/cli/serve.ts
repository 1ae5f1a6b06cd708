/** `serve`: runs the bridge, with a simulated Mode next to it when none is configured. */
import type { WorkspaceSpec } from '../app/open-workspace.ts';
import { startApp } from '../app/start-app.ts';
import { startSimulatedMode } from '../app/simulated-mode.ts';
import { systemClock } from '../clock.ts';
import { readConfig } from '../config/read-config.ts';
import { createLogger } from '../observability/logger.ts';
import { banner } from './banner.ts';
import { wantsSimulatedMode } from './choose-mode.ts';
import { untilStopped } from './until-stopped.ts';
import { systemRandom } from '../random.ts';

export async function serve({ sandbox = false }: { sandbox?: boolean }): Promise<void> {
  const config = readConfig();
  const log = createLogger(config.server.logLevel);
  const simulated = wantsSimulatedMode(config, sandbox)
    ? await startSimulatedMode(config, systemClock, log.child({ part: 'sandbox' }, { level: 'warn' }))
    : undefined;
  const workspaces = config.workspaces.map((workspace): WorkspaceSpec => {
    const mode = workspace.mode ?? simulated?.modes.find((access) => access.workspace === workspace.slug);
    if (mode === undefined) throw new Error(`There is no Mode for the workspace "${workspace.slug}".`);
    return { ...workspace, mode };
  });
  const app = await startApp({
    config,
    workspaces,
    forgetful: simulated !== undefined,
    clock: systemClock,
    log,
    random: systemRandom,
  }).catch(async (error: unknown) => {
    // A running sandbox would keep the process alive.
    await simulated?.sandbox.close();
    throw error;
  });
  // A script may send SIGTERM as soon as it reads the banner.
  const stopped = untilStopped();
  for (const line of banner({ app, config, workspaces, sandboxUrl: simulated?.sandbox.url }))
    console.log(line);

  await stopped;
  log.info('stopping: finishing the steps under way');
  await app.close();
  await simulated?.sandbox.close();
}
