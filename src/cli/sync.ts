/** `sync --once`: reads all of Mode when no bridge is running. */
import type { WorkspaceSpec } from '../app/open-workspace.ts';
import { withWorkspace } from '../app/with-workspace.ts';
import { systemClock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import { readConfig } from '../config/read-config.ts';
import { BridgeError } from '../errors.ts';
import { createLogger } from '../observability/logger.ts';
import { progressBar } from './progress-bar.ts';
import type { WorkspaceOption } from './use-bridge.ts';
import { systemRandom } from '../random.ts';

interface Options extends WorkspaceOption {
  readonly once?: boolean;
  readonly everything?: boolean;
}

export async function sync({ once, everything, workspace }: Options): Promise<void> {
  if (once !== true) {
    throw new BridgeError(
      'invalid_value',
      'A running bridge reads Mode every hour. Use --once to read Mode now.',
    );
  }
  const config = readConfig();
  const spec = specOf(config, workspace);
  const bar = progressBar();
  const stopping = new AbortController();
  const stop = () => {
    stopping.abort();
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const { logLevel } = config.server;
  const log = createLogger(logLevel === 'info' ? 'warn' : logLevel);
  const parts = { config, spec, clock: systemClock, log, random: systemRandom };
  const result = await withWorkspace(parts, ({ fullSync }) =>
    fullSync(stopping.signal, {
      everything: everything ?? false,
      progress: ({ phase, done, of }) => {
        bar.show(phase, done, of);
      },
    }),
  ).finally(() => {
    bar.end();
  });
  console.log(
    `${result.groups} groups, the members of ${result.groupsRead} read again${result.groupsFailed > 0 ? `, ${result.groupsFailed} could not be read: the log says why` : ''}; ${result.woken} users and groups are checked again.`,
  );
}

/** @throws BridgeError invalid_config, not_found; invalid_value when there are several and none is named */
function specOf({ workspaces }: Config, slug: string | undefined): WorkspaceSpec {
  const slugs = workspaces.map((workspace) => workspace.slug).join(', ');
  const [found, ...others] = workspaces.filter((workspace) => slug === undefined || workspace.slug === slug);
  if (found === undefined)
    throw new BridgeError('not_found', `There is no workspace "${slug ?? ''}". There are: ${slugs}.`);
  if (others.length > 0)
    throw new BridgeError(
      'invalid_value',
      `There are several workspaces. Choose one with --workspace: ${slugs}.`,
    );
  const { mode } = found;
  if (mode !== undefined) return { ...found, mode };
  throw new BridgeError('invalid_config', 'Set MODE_WORKSPACE, MODE_API_KEY and MODE_API_SECRET.');
}
