/** The commands, their arguments and their help. */
import { Command } from 'commander';
import { version } from '../manifest.ts';
import { adopt } from './adopt.ts';
import { addAuditCommands } from './audit-commands.ts';
import { checkConfig } from './check-config.ts';
import { addConnectionCommands, addPlanCommands } from './connection-commands.ts';
import { drift } from './drift.ts';
import { addFeedCommands } from './feed-commands.ts';
import { addHistoryCommands } from './history-commands.ts';
import { addHoldCommands } from './hold-commands.ts';
import { invites } from './invites.ts';
import { listLeavers } from './leavers.ts';
import { DEFAULT_SINCE } from '../operators/leavers.ts';
import { addLinkCommands } from './link-commands.ts';
import { migrate } from './migrate.ts';
import { sandbox } from './sandbox.ts';
import { addNoticeCommands } from './notice-commands.ts';
import { pinProfile } from './profile.ts';
import { addRequestCommands } from './request-commands.ts';
import { serve } from './serve.ts';
import { CONNECTION, ONE_WORKSPACE, WORKSPACE } from './shared-options.ts';
import { probe } from './probe.ts';
import { status } from './status.ts';
import { closeTask, listTasks } from './tasks.ts';
import { sync } from './sync.ts';
import { addTokenCommands } from './token-commands.ts';

const SANDBOX_HELP =
  'run on a simulated Mode; the default without MODE_ settings, unless NODE_ENV is production';

export function createProgram(): Command {
  const program = new Command('mode-scim-bridge')
    .description('A SCIM 2.0 bridge between an identity provider and a Mode Analytics workspace.')
    .version(version)
    .addHelpText(
      'after',
      '\nSettings come from the environment, or from the file that BRIDGE_CONFIG names: "check-config" lists them.\n' +
        'Exit codes: 0 done; 1 the bridge, its database, the disk or the network failed; 2 the caller can correct it.',
    )
    .showHelpAfterError()
    // It throws where it would end the process, so that every exit code comes from one table.
    .exitOverride();

  program.command('serve').description('run the bridge').option('--sandbox', SANDBOX_HELP).action(serve);
  program
    .command('sandbox')
    .description('run a simulated Mode alone')
    .option('--profile <name>', 'likely, kind, documented or hostile')
    .option('--settings <json>', 'how it behaves, as PATCH /_sandbox/settings takes it')
    .option('--seed <json>', 'its size, as POST /_sandbox/seed takes it')
    .action(sandbox);
  program
    .command('check-config')
    .description('show the settings with secrets masked, or everything that is wrong with them')
    .option('--sandbox', 'check them for "serve --sandbox"')
    .action(checkConfig);
  program.command('migrate').description("bring the database to this version's tables").action(migrate);
  program
    .command('status')
    .description('how the bridge is doing: numbers, and which users and groups are not done yet, and why')
    .option('--json', 'as JSON')
    .option(...ONE_WORKSPACE)
    .action(status);

  program
    .command('sync')
    .description('read all of Mode when no bridge is running')
    .option('--once', 'read once, then exit')
    .option('--everything', 'the members of every group, whatever the counts say')
    .option(...WORKSPACE)
    .action(sync);

  addPlanCommands(program);
  program
    .command('adopt')
    .description('which members and groups of Mode a first push takes over')
    .option('--report', 'show the report; nothing is changed')
    .option(
      '--emails <file>',
      'e-mails that the IdP will push, one per line; default: those that it has pushed',
    )
    .option('--groups <file>', 'names of groups that the IdP will push, one per line')
    .option('--json', 'as JSON')
    .option(...WORKSPACE)
    .action(adopt);
  program
    .command('drift')
    .description('what differs between the IdP, what the bridge wrote last, and Mode')
    .option('--json', 'as JSON')
    .option(
      '--set <mode>',
      'report: drift is only reported from now on; enforce: it is corrected as the IdP wants it',
    )
    .option('--connection <name>', 'with --set: which connection; needed when there are several')
    .option(...WORKSPACE)
    .action(drift);
  program
    .command('invites')
    .description('invites that are not accepted')
    .option(...WORKSPACE)
    .action(invites);

  addLinkCommands(program);
  addConnectionCommands(program);
  addTokenCommands(program);
  const tasks = program.command('tasks').description("steps for a person, because Mode's API cannot do them");
  tasks
    .command('list')
    .description('list open tasks, oldest first')
    .option('--closed', 'also closed tasks')
    .option('--json', 'as JSON')
    .option(...ONE_WORKSPACE)
    .action(listTasks);
  tasks
    .command('close')
    .description('close a task that is done; Mode is read again to check')
    .argument('<id>', 'as "tasks list" shows it')
    .action(closeTask);

  addHistoryCommands(program, WORKSPACE);
  addHoldCommands(program, { ONE_WORKSPACE, WORKSPACE });
  addAuditCommands(program, { WORKSPACE });
  addNoticeCommands(program, { WORKSPACE });
  program
    .command('leavers')
    .description('how long people kept their access after the IdP deactivated or deleted them')
    .option('--since <time>', 'such as 2026-01-05T09:00:00Z, or how long ago: 12h, 30d', DEFAULT_SINCE)
    .option('--evidence <folder>', 'also write a file for each person, as evidence for an audit')
    .option('--json', 'as JSON')
    .option(...WORKSPACE)
    .action(listLeavers);

  addRequestCommands(program);
  program
    .command('probe')
    .description('make the running bridge check again what Mode lets it do, and try again what was refused')
    .option(...ONE_WORKSPACE)
    .action(probe);

  addFeedCommands(program);
  program
    .command('profile')
    .description('pin which IdP a connection belongs to, and the shapes of answers that its client needs')
    .argument(
      '<names...>',
      'one IdP, answer shapes, or both, e.g. okta-put always-body; "auto" pins nothing; an unknown name lists all',
    )
    .option(...CONNECTION)
    .option(...WORKSPACE)
    .action(pinProfile);
  return program;
}
