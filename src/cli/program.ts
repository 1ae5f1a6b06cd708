/** The commands, their arguments and their help. */
import { Command } from 'commander';
import { EXPORT_FORMATS } from '../app/export-formats.ts';
import { version } from '../manifest.ts';
import { adopt } from './adopt.ts';
import { addAuditCommands } from './audit-commands.ts';
import { checkConfig } from './check-config.ts';
import { addConnectionCommands, addPlanCommands } from './connection-commands.ts';
import { drift } from './drift.ts';
import { feedDiff, feedExport, feedServe } from './feed.ts';
import { addHistoryCommands } from './history-commands.ts';
import { addHoldCommands } from './hold-commands.ts';
import { invites } from './invites.ts';
import { listLeavers } from './leavers.ts';
import { dropLink, listLinks, setLink } from './links.ts';
import { DEFAULT_SINCE } from '../operators/leavers.ts';
import { migrate } from './migrate.ts';
import { sandbox } from './sandbox.ts';
import { addNoticeCommands } from './notice-commands.ts';
import { pinProfile } from './profile.ts';
import { replay } from './replay.ts';
import { listRequests, tailRequests } from './requests.ts';
import { rotateEventKey } from './rotate-event-key.ts';
import { serve } from './serve.ts';
import { CONNECTION, ONE_WORKSPACE, WORKSPACE } from './shared-options.ts';
import { probe } from './probe.ts';
import { status } from './status.ts';
import { closeTask, listTasks } from './tasks.ts';
import { sync } from './sync.ts';
import { createToken, listTokens, revokeToken } from './tokens.ts';

const SANDBOX_HELP =
  'run on a simulated Mode; without MODE_ settings that is what happens anyway, except when NODE_ENV is production';

const FORMAT_HELP = `the form: ${EXPORT_FORMATS.join(', ')}`;

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
    .description('show the settings in force, secrets masked, or all that is wrong with them')
    .option('--sandbox', 'check them for "serve --sandbox"')
    .action(checkConfig);
  program.command('migrate').description("bring the database to this version's tables").action(migrate);
  program
    .command('status')
    .description('how the bridge is doing: numbers, and what is not right yet and why')
    .option('--json', 'as JSON')
    .option(...ONE_WORKSPACE)
    .action(status);

  program
    .command('sync')
    .description('read all of Mode in the place of a running bridge')
    .option('--once', 'once, and end')
    .option('--everything', 'the members of every group, whatever the counts say')
    .option(...WORKSPACE)
    .action(sync);

  addPlanCommands(program);
  program
    .command('adopt')
    .description('what of Mode a first push takes over')
    .option('--report', 'show it; nothing is changed')
    .option('--emails <file>', 'e-mails that the IdP is to push, one a line; else what it has pushed')
    .option('--groups <file>', 'names of groups that it is to push, one a line')
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

  const links = program.command('links').description('say which Mode account or group a user or group is');
  links
    .command('list')
    .description('list the links')
    .option(...WORKSPACE)
    .action(listLinks);
  links
    .command('set')
    .description('link a pushed user or group to what Mode has')
    .argument('<kind>', 'user or group')
    .argument('<who>', 'an id, userName or e-mail, or the name of a group')
    .argument('<on-mode>', 'a token, username or e-mail, or the name of a group')
    .option(...WORKSPACE)
    .action(setLink);
  links
    .command('drop')
    .description('take a link away, so that it is not made again by itself')
    .argument('<kind>', 'user or group')
    .argument('<who>', 'an id, userName or e-mail, or the name of a group')
    .option(...WORKSPACE)
    .action(dropLink);

  addConnectionCommands(program);
  const tokens = program.command('tokens').description('make, list and revoke bearer tokens');
  tokens
    .command('create')
    .description('make a token and show it, once')
    .argument('<kind>', 'scim, feed or admin')
    .option(...CONNECTION)
    .option('--label <text>', 'what it is for', 'made by hand')
    .option('--expires <time>', 'valid until then, such as 90d or 2027-01-05T00:00:00Z')
    .option(...WORKSPACE)
    .action(createToken);
  tokens
    .command('list')
    .description('list the tokens, without the tokens themselves')
    .option(...ONE_WORKSPACE)
    .action(listTokens);
  tokens
    .command('revoke')
    .description('make a token invalid')
    .argument('<id>', 'as "tokens list" shows it')
    .action(revokeToken);

  const tasks = program
    .command('tasks')
    .description('steps that the API of Mode does not do, and that are with people');
  tasks
    .command('list')
    .description('what is open, the oldest first')
    .option('--closed', 'closed ones too')
    .option('--json', 'as JSON')
    .option(...ONE_WORKSPACE)
    .action(listTasks);
  tasks
    .command('close')
    .description('say that a task is seen to; Mode is read again')
    .argument('<id>', 'as "tasks list" shows it')
    .action(closeTask);

  addHistoryCommands(program, WORKSPACE);
  addHoldCommands(program, { ONE_WORKSPACE, WORKSPACE });
  addAuditCommands(program, { WORKSPACE });
  addNoticeCommands(program, { WORKSPACE });
  program
    .command('leavers')
    .description('how long people whom the IdP deactivated or deleted kept their access')
    .option('--since <time>', 'such as 2026-01-05T09:00:00Z, or how long ago: 12h, 30d', DEFAULT_SINCE)
    .option('--evidence <folder>', 'also write a file for each of them, as evidence for an audit')
    .option('--json', 'as JSON')
    .option(...WORKSPACE)
    .action(listLeavers);

  const requests = program
    .command('requests')
    .description('what SCIM clients asked and what they were answered, without what they said');
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
    if (name === 'list') command.option('--cursor <cursor>', 'go on where a list ended');
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

  program
    .command('probe')
    .description('make the running bridge check again what Mode lets it do, and try again what was refused')
    .option(...ONE_WORKSPACE)
    .action(probe);

  program
    .command('events')
    .description('SCIM events that readers of the feed poll')
    .command('rotate-key')
    .description(
      'sign the SCIM events that readers of the feed poll with a new key; the old key stays published',
    )
    .action(rotateEventKey);

  const feed = program.command('feed').description('what governance tools read, as files');
  feed
    .command('export')
    .description('write the state now to a file')
    .requiredOption('--out <file>', 'where to; it is there whole or not at all')
    .option('--format <name>', FORMAT_HELP, 'json')
    .option(...WORKSPACE)
    .action(feedExport);
  feed
    .command('serve')
    .description('write the state to a folder again and again')
    .requiredOption('--out <folder>', 'where to')
    .option('--format <name>', FORMAT_HELP, 'json')
    .option('--interval <time>', 'how long to wait in between, e.g. 30s, 15m, 1h', '1h')
    .option('--keep <number>', 'how many to keep', '24')
    .option(...WORKSPACE)
    .action(feedServe);
  feed
    .command('diff')
    .description('show how two exports (json, ndjson or csv) differ')
    .argument('<before>')
    .argument('<after>')
    .option('--json', 'as JSON')
    .action(feedDiff);

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
