/** The commands about connections and their plans. */
import type { Command } from 'commander';
import { addConnection, listConnections, removeConnection } from './connections.ts';
import { goLive, pause, plan, resume, shadow, type ResumeOptions } from './plan.ts';
import { CONNECTION, ONE_WORKSPACE, WORKSPACE } from './shared-options.ts';
import { undo } from './undo.ts';
import type { WorkspaceOption } from './use-bridge.ts';

const YES = ['--yes', 'do not ask: accept any plan'] as const;
const PLAN_ID = ['--plan-id <id>', 'do not ask: go live only if the plan still has this id'] as const;

export function addPlanCommands(program: Command): void {
  program
    .command('plan')
    .description('show what would be done in Mode now if the connection was live')
    .option('--json', 'as JSON')
    .option('--csv', 'as CSV')
    .option(...CONNECTION)
    .option(...WORKSPACE)
    .action(plan);
  program
    .command('go-live')
    .description('make a connection live with exactly the plan that was shown, or show what changed since')
    .requiredOption('--plan-id <id>', 'as "plan" shows it')
    .option('--json', 'as JSON')
    .option(...CONNECTION)
    .option(...WORKSPACE)
    .action(goLive);
  program
    .command('pause')
    .description('keep answering the IdP, and hold what it pushes until the connection is resumed')
    .option(...CONNECTION)
    .option(...WORKSPACE)
    .action(pause);
  program
    .command('resume')
    .description('show the plan of a connection, ask, and make it live')
    .option(...YES)
    .option(...PLAN_ID)
    .option(...CONNECTION)
    .option(...WORKSPACE)
    .action(resume);
  program
    .command('undo')
    .description('show what would reverse the changes in Mode between two times; --plan-id applies it')
    .option('--from <time>', 'such as 2026-01-05T09:00:00Z, or how long ago: 15m, 2h, 7d')
    .option('--to <time>', 'a later time; default: now')
    .option('--plan-id <id>', 'apply the plan if it still has this id')
    .option('--json', 'as JSON')
    .option(...CONNECTION)
    .option(...WORKSPACE)
    .action(undo);
}

export function addConnectionCommands(program: Command): void {
  const connections = program
    .command('connections')
    .description('the IdP apps that push into a workspace; a configuration file lists them itself');
  connections
    .command('list')
    .description('list them')
    .option(...ONE_WORKSPACE)
    .action(listConnections);
  connections
    .command('add')
    .description('add a connection; "tokens create" makes its token')
    .argument('<name>', 'unique in the workspace, e.g. okta')
    .option('--state <state>', 'live, shadow or paused', 'live')
    .option(...WORKSPACE)
    .action(addConnection);
  connections
    .command('pause')
    .description('the same as "pause"')
    .argument('<name>', 'as "connections list" shows it')
    .option(...WORKSPACE)
    .action((connection: string, options: WorkspaceOption) => pause({ ...options, connection }));
  connections
    .command('resume')
    .description('the same as "resume"')
    .argument('<name>', 'as "connections list" shows it')
    .option(...YES)
    .option(...PLAN_ID)
    .option(...WORKSPACE)
    .action((connection: string, options: ResumeOptions) => resume({ ...options, connection }));
  connections
    .command('shadow')
    .description('only plan what its IdP pushes')
    .argument('<name>', 'as "connections list" shows it')
    .option(...WORKSPACE)
    .action((connection: string, options: WorkspaceOption) => shadow({ ...options, connection }));
  connections
    .command('remove')
    .description('remove a connection and revoke its tokens')
    .argument('<name>', 'as "connections list" shows it')
    .option(
      '--release',
      'its users and groups belong to no connection afterwards; nothing is changed in Mode',
    )
    .option(...WORKSPACE)
    .action(removeConnection);
}
