/** The commands about notices, their arguments and their help. */
import type { Command } from 'commander';
import { listNotices, testNotice } from './notices.ts';

/** @param WORKSPACE the option of commands about one workspace */
export function addNoticeCommands(
  program: Command,
  { WORKSPACE }: Readonly<Record<'WORKSPACE', readonly [flags: string, help: string]>>,
): void {
  const notices = program
    .command('notices')
    .description('notices about what needs a person, sent to a webhook (docs/notices.md)');
  for (const [name, description, action] of [
    ['list', 'list notices, newest first, and whether the webhook accepted them', listNotices],
    ['test', 'send a test to the webhook and show its answer', testNotice],
  ] as const) {
    notices
      .command(name)
      .description(description)
      .option('--json', 'as JSON')
      .option(...WORKSPACE)
      .action(action);
  }
}
