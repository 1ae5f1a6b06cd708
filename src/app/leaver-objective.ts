/** How long the removal of a leaver may take in each workspace, as the configuration sets it. */
import type { WorkspaceConfig } from '../config/config.ts';
import { settings } from '../config/settings.ts';

const MINUTE_MS = 60_000;

/** @returns a function whose result is in milliseconds; a workspace that is not configured has the default */
export function leaverObjectiveMsOf(
  workspaces: readonly Pick<WorkspaceConfig, 'slug' | 'leaverObjectiveMinutes'>[],
): (workspace: string) => number {
  const { parse, fallback } = settings.leaverObjectiveMinutes;
  return (workspace) => {
    const config = workspaces.find(({ slug }) => slug === workspace);
    return (config?.leaverObjectiveMinutes ?? parse(fallback)) * MINUTE_MS;
  };
}
