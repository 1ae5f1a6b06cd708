/** The commands, their arguments and their help. */
import { Command } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { checkConfig } from './check-config.ts';
import { feedDiff, feedExport, feedServe } from './feed.ts';
import { migrate } from './migrate.ts';
import { sandbox } from './sandbox.ts';
import { pinProfile } from './profile.ts';
import { serve } from './serve.ts';
import { status } from './status.ts';
import { createToken, listTokens, revokeToken } from './tokens.ts';

export function createProgram(): Command {
  const program = new Command('mode-scim-bridge')
    .description('A SCIM 2.0 bridge between an identity provider and a Mode Analytics workspace.')
    .version(manifest.version)
    .addHelpText('after', '\nSettings come from the environment: "check-config" lists them.')
    .showHelpAfterError();

  program.command('serve').description('run the bridge').action(serve);
  program.command('sandbox').description('run a simulated Mode alone').action(sandbox);
  program
    .command('check-config')
    .description('show the settings in force, secrets masked, or all that is wrong with them')
    .action(checkConfig);
  program.command('migrate').description("bring the database to this version's tables").action(migrate);
  program
    .command('status')
    .description('how the bridge is doing: numbers, and what is not right yet and why')
    .option('--json', 'as JSON')
    .action(status);

  const tokens = program.command('tokens').description('make, list and revoke bearer tokens');
  tokens
    .command('create')
    .description('make a token and show it, once')
    .argument('<kind>', 'scim, feed or admin')
    .option('--connection <id>', 'the connection it belongs to', 'default')
    .option('--label <text>', 'what it is for', 'made by hand')
    .action(createToken);
  tokens.command('list').description('list the tokens, without the tokens themselves').action(listTokens);
  tokens
    .command('revoke')
    .description('make a token invalid')
    .argument('<id>', 'as "tokens list" shows it')
    .action(revokeToken);

  const feed = program.command('feed').description('what governance tools read, as files');
  feed
    .command('export')
    .description('write the state now to a file')
    .requiredOption('--out <file>', 'where to; it is there whole or not at all')
    .option('--format <name>', 'the form: json, ndjson, csv, baton-file, ...', 'json')
    .action(feedExport);
  feed
    .command('serve')
    .description('write the state to a folder again and again')
    .requiredOption('--out <folder>', 'where to')
    .option('--format <name>', 'the form: json, ndjson, csv, baton-file, ...', 'json')
    .option('--interval <time>', 'how long to wait in between, e.g. 30s, 15m, 1h', '1h')
    .option('--keep <number>', 'how many to keep', '24')
    .action(feedServe);
  feed
    .command('diff')
    .description('tell what two exports (json, ndjson or csv) differ in')
    .argument('<before>')
    .argument('<after>')
    .option('--json', 'as JSON')
    .action(feedDiff);

  program
    .command('profile')
    .description('say which IdP a connection is of, when the traffic does not tell')
    .argument('<name>', 'a profile, or "auto" for what the traffic looks like')
    .option('--connection <id>', 'the connection', 'default')
    .action(pinProfile);
  return program;
}
