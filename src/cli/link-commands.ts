/** The commands about which account or group of the target a user or group is. */
import type { Command } from 'commander';
import { dropLink, listLinks, setLink } from './links.ts';
import { WORKSPACE } from './shared-options.ts';

export function addLinkCommands(program: Command): void {
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
}
