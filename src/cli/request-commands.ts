/** The commands about requests of SCIM clients and their recordings. */
import type { Command } from 'commander';
import { replay } from './replay.ts';
import { listRequests, tailRequests } from './requests.ts';
import { WORKSPACE } from './shared-options.ts';

export function addRequestCommands(program: Command): void {
  const requests = program
    .command('requests')
    .description('requests of SCIM clients and the status of each answer, without personal values');
  for (const [name, description, limit, action] of [
    ['list', 'list them, newest first', '100', listRequests],
    ['tail', 'show the latest ones, and what comes in from now on', '10', tailRequests],
  ] as const) {
    const command = requests
      .command(name)
      .description(description)
      .option('--connection <name>', 'only of this connection')
      .option('--resource <who>', 'only about this user or group: an id, userName, e-mail or group name')
      .option('--status <status>', 'such as 404, 4xx, or "closed": the client did not wait for the answer')
      .option('--method <method>', 'such as PATCH')
      .option('--profile <idp>', 'only of connections that belonged to this IdP, such as entra')
      .option('--since <time>', 'such as 2026-01-05T09:00:00Z, or how long ago: 15m, 2h, 7d')
      .option('--until <time>', 'the same')
      .option('--limit <number>', 'how many', limit)
      .option('--json', name === 'list' ? 'as JSON' : 'as JSON, one line for each')
      .option(...WORKSPACE);
    if (name === 'list') command.option('--cursor <cursor>', 'continue where a list ended');
    command.action(action);
  }

  program
    .command('replay')
    .description(
      'play a recording (BRIDGE_RECORD) against this version and a simulated Mode, and show what differs',
    )
    .argument('<file>', 'the recording')
    .option('--json', 'as JSON')
    .action(replay);
}
