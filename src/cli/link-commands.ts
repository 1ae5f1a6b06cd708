/** The commands about links to accounts and groups of the target. */
import type { Command } from 'commander';
import { dropLink, listLinks, setLink } from './links.ts';
import { WORKSPACE } from './shared-options.ts';

export function addLinkCommands(program: Command): void {
  const links = program
    .command('links')
    .description('which Mode account or group a user or group is linked to');
  links
    .command('list')
    .description('list the links')
    .option(...WORKSPACE)
    .action(listLinks);
  links
    .command('set')
    .description('link a pushed user or group to an account or group of Mode')
    .argument('<kind>', 'user or group')
    .argument('<who>', 'an id, userName or e-mail, or the name of a group')
    .argument('<on-mode>', 'a token, username or e-mail, or the name of a group')
    .option(...WORKSPACE)
    .action(setLink);
  links
    .command('drop')
    .description('remove a link, so that the bridge does not make it again')
    .argument('<kind>', 'user or group')
    .argument('<who>', 'an id, userName or e-mail, or the name of a group')
    .option(...WORKSPACE)
    .action(dropLink);
}
