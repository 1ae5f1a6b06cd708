/** The commands about the history, their arguments and their help. */
import type { Command } from 'commander';
import { explain } from './explain.ts';
import { state, stateDiff } from './state.ts';

/** @param workspace the flags and the help of the workspace option */
export function addHistoryCommands(
  program: Command,
  workspace: readonly [flags: string, help: string],
): void {
  program
    .command('explain')
    .description('why a person has access, or why not (docs/explain.md)')
    .argument('<who>', 'an e-mail, a userName or an id')
    .option('--group <name>', 'only this group')
    .option('--json', 'as JSON')
    .option(...workspace)
    .action(explain);
  const states = program
    .command('state')
    .description('what the IdP wanted and what Mode had at a time in the past')
    .option('--at <time>', 'such as 2026-01-05T09:00:00Z, or how long ago: 15m, 2h, 7d')
    .option('--json', 'as JSON')
    .option(...workspace)
    .action(state);
  states
    .command('diff')
    .description('what differs between the states at two times')
    .argument('<from>', 'a time, as for --at')
    .argument('<to>', 'a later one')
    .action((from: string, to: string, _options: object, command: Command) =>
      stateDiff(from, to, command.optsWithGlobals()),
    );
}
