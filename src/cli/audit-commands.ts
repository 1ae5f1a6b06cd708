/** The commands about the audit log, their arguments and their help. */
import type { Command } from 'commander';
import { auditVerify, exportAudit } from './audit.ts';

/** @param WORKSPACE the option of commands about one workspace */
export function addAuditCommands(
  program: Command,
  { WORKSPACE }: Readonly<Record<'WORKSPACE', readonly [flags: string, help: string]>>,
): void {
  const audit = program
    .command('audit')
    .description('every decision and write, as a chain of hashes that anybody can verify (docs/audit.md)');
  audit
    .command('export')
    .description('write the audit log to a file')
    .requiredOption('--out <file>', 'the file; it is written completely or not at all')
    .option('--from <time>', 'such as 2026-01-05T09:00:00Z, or how long ago: 15m, 2h, 7d')
    .option('--to <time>', 'the same; not included')
    .option('--json', 'report as JSON; the file is the same')
    .option(...WORKSPACE)
    .action(exportAudit);
  audit
    .command('verify')
    .description('verify such a file, without a database or settings, and name the first broken entry')
    .argument('<file>')
    .option('--public-key <pem...>', 'files with the keys that may sign; without it any key is accepted')
    .option('--json', 'report as JSON')
    .action(auditVerify);
}
