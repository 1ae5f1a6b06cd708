/** `check-config` */
import { describeConfig } from '../config/describe-config.ts';
import { readConfig } from '../config/read-config.ts';

export function checkConfig(): void {
  const { mode } = readConfig();
  for (const line of describeConfig()) console.log(line);
  console.log(
    mode === undefined
      ? '\nNo MODE_ setting: a simulated Mode runs beside the bridge.'
      : '\nThe settings are complete.',
  );
}
