/** `check-config` */
import { describeConfig } from '../config/describe-config.ts';
import { readConfig } from '../config/read-config.ts';
import { wantsSimulatedMode } from './choose-mode.ts';

export function checkConfig({ sandbox = false }: { sandbox?: boolean }): void {
  const config = readConfig();
  for (const line of describeConfig()) console.log(line);
  console.log(
    wantsSimulatedMode(config, sandbox)
      ? '\nNo MODE_ setting: "serve" runs on a simulated Mode.'
      : '\nThe settings are complete.',
  );
}
