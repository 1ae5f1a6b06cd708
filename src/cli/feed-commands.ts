/** The commands about the feed and its events. */
import type { Command } from 'commander';
import { EXPORT_FORMATS } from '../app/export-formats.ts';
import { feedDiff, feedExport, feedServe } from './feed.ts';
import { rotateEventKey } from './rotate-event-key.ts';
import { WORKSPACE } from './shared-options.ts';

const FORMAT_HELP = `the form: ${EXPORT_FORMATS.join(', ')}`;

export function addFeedCommands(program: Command): void {
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
    .description('write the current state to a file')
    .requiredOption('--out <file>', 'the file; it is written completely or not at all')
    .option('--format <name>', FORMAT_HELP, 'json')
    .option(...WORKSPACE)
    .action(feedExport);
  feed
    .command('serve')
    .description('write the state to a folder again and again')
    .requiredOption('--out <folder>', 'the folder')
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
}
