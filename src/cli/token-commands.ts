/** The commands about bearer tokens. */
import type { Command } from 'commander';
import { CONNECTION, ONE_WORKSPACE, WORKSPACE } from './shared-options.ts';
import { createToken, listTokens, revokeToken } from './tokens.ts';

export function addTokenCommands(program: Command): void {
  const tokens = program.command('tokens').description('make, list and revoke bearer tokens');
  tokens
    .command('create')
    .description('make a token and show it, once')
    .argument('<kind>', 'scim, feed or admin')
    .option(...CONNECTION)
    .option('--label <text>', 'what the token is for, to distinguish tokens', 'made on the command line')
    .option('--expires <time>', 'valid until then, such as 90d or 2027-01-05T00:00:00Z')
    .option(...WORKSPACE)
    .action(createToken);
  tokens
    .command('list')
    .description('list the tokens, without their text')
    .option(...ONE_WORKSPACE)
    .action(listTokens);
  tokens
    .command('revoke')
    .description('make a token invalid')
    .argument('<id>', 'as "tokens list" shows it')
    .action(revokeToken);
}
