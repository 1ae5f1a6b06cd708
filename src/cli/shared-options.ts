/** Options that many commands have. */

export const WORKSPACE = ['--workspace <slug>', 'which workspace; needed when there are several'] as const;
/** For commands about all workspaces. */
export const ONE_WORKSPACE = [
  '--workspace <slug>',
  'only this workspace; all of them when not given',
] as const;
export const CONNECTION = ['--connection <name>', 'which connection; needed when there are several'] as const;
