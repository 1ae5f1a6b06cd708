/** The configuration of an environment without MODE_ settings, for the Mode that a test has. */
import type { WorkspaceSpec } from '../src/app/open-workspace.ts';
import type { Config, ModeAccess } from '../src/config/config.ts';

export function withMode(
  config: Config,
  mode: ModeAccess,
): { readonly config: Config; readonly workspaces: readonly WorkspaceSpec[] } {
  const workspaces = config.workspaces.map((workspace) => ({ ...workspace, slug: mode.workspace, mode }));
  return { config: { ...config, workspaces }, workspaces };
}
