/** `sync --once`: reads all of Mode in the place of a running bridge. */
import { withWorkspace } from '../app/with-workspace.ts';
import { systemClock } from '../clock.ts';
import { readConfig } from '../config/read-config.ts';
import { BridgeError } from '../errors.ts';
import { createLogger } from '../observability/logger.ts';
import { progressBar } from './progress-bar.ts';

export async function sync({ once, everything }: { once?: boolean; everything?: boolean }): Promise<void> {
  if (once !== true) {
    throw new BridgeError(
      'invalid_value',
      'A running bridge reads Mode every hour: say --once to read it now.',
    );
  }
  const config = readConfig();
  const { mode } = config;
  if (mode === undefined) {
    throw new BridgeError('invalid_config', 'Set MODE_WORKSPACE, MODE_API_KEY and MODE_API_SECRET.');
  }
  const bar = progressBar();
  const stopping = new AbortController();
  const stop = () => {
    stopping.abort();
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const log = createLogger(config.logLevel === 'info' ? 'warn' : config.logLevel);
  const parts = { config, mode, clock: systemClock, log, random: Math.random };
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
