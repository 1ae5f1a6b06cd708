/** `sandbox` */
import { startSimulatedMode } from '../app.ts';
import { systemClock } from '../clock.ts';
import { readConfig } from '../config/read-config.ts';
import { createLogger } from '../observability/logger.ts';
import { untilStopped } from './until-stopped.ts';

export async function sandbox(): Promise<void> {
  const config = readConfig();
  const { sandbox: running, mode } = await startSimulatedMode(
    config,
    systemClock,
    createLogger(config.logLevel),
  );
  console.log('A simulated Mode. Point a bridge at it with:');
  console.log(`  MODE_BASE_URL=${running.url} MODE_WORKSPACE=${mode.workspace}`);
  if (config.mode === undefined) {
    console.log(
      '  MODE_API_KEY=sandbox MODE_API_SECRET=sandbox MODE_INVITER_KEY=inviter MODE_INVITER_SECRET=inviter',
    );
  }
  console.log(`Sandbox URL  ${running.url}`);
  await untilStopped();
  await running.close();
}
