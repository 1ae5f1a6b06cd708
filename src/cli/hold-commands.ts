/** The commands about holds, their arguments and their help. */
import type { Command } from 'commander';
import { decideHolds, listHolds } from './holds.ts';

/** An option's flags, and its help. */
type OptionText = readonly [flags: string, help: string];

/** @param options shared with other commands */
export function addHoldCommands(
  program: Command,
  { ONE_WORKSPACE, WORKSPACE }: Readonly<Record<'ONE_WORKSPACE' | 'WORKSPACE', OptionText>>,
): void {
  const holds = program
    .command('holds')
    .description('removals that wait until a person approves or rejects them (docs/safety.md)');
  holds
    .command('list')
    .description('list what is held, oldest first')
    .option('--json', 'as JSON')
    .option('--connection <name>', 'only of this connection')
    .option(...ONE_WORKSPACE)
    .action(listHolds);
  for (const [name, verdict, description] of [
    ['approve', 'approved', 'send held operations, once'],
    ['reject', 'rejected', 'keep the access until the IdP takes the removal back'],
  ] as const) {
    holds
      .command(name)
      .description(description)
      .argument('[ids...]', 'as "holds list" shows them')
      .option('--name <name>', 'holds of this e-mail or group')
      .option('--all', 'all holds without a decision')
      .option('--json', 'as JSON')
      .option('--connection <name>', 'only of this connection')
      .option(...WORKSPACE)
      .action(decideHolds(verdict));
  }
}
