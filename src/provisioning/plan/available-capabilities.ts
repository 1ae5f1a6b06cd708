/** The capabilities that a plan can use: the table, and refusals for this subject alone. Pure. */
import {
  REFUSAL_STANDS_MS,
  summarize,
  type CapabilityName,
  type CapabilityRoute,
} from '../capability/capability.ts';
import type { RememberedTask, TaskAction } from './task.ts';

export interface RefusedStep {
  /** The target's message, or the conclusion of the bridge. */
  readonly why: string;
  /**
   * When the target refused it; null when the bridge concluded that it cannot be done now. The next job then tries
   * again.
   */
  readonly at: number | null;
}

/** The same for all subjects of the workspace. */
export interface WorkspaceCapabilities {
  /** Capabilities that no route serves, and what the target said. */
  readonly refused: ReadonlyMap<CapabilityName, string>;
  /** Whether the bridge may write what the target's own SCIM manages, because it has the token. */
  readonly ownsManaged: boolean;
}

export interface AvailableCapabilities extends WorkspaceCapabilities {
  /** Refused steps of this subject that are not tried again for now. */
  readonly refusedSteps: ReadonlyMap<TaskAction, RefusedStep>;
  /** Whether the target has no seat for another person. */
  readonly full?: boolean;
}

/** Everything may be tried, except for what the target's own SCIM manages. */
export const UNTRIED: AvailableCapabilities = {
  refused: new Map(),
  refusedSteps: new Map(),
  ownsManaged: false,
};

/**
 * Capabilities that are tried for each subject, because a refusal may be about the person, and without a try the access
 * stays.
 */
const CASE_BY_CASE: ReadonlySet<CapabilityName> = new Set(['remove']);

/** Without these steps, a person keeps access. */
const TAKES_ACCESS_AWAY: ReadonlySet<TaskAction> = new Set([
  'remove_member',
  'unmake_admin',
  'set_group_members',
]);
/** A refused removal is tried again within the hour, because the person keeps access. */
const REMOVAL_REFUSAL_STANDS_MS = 50 * 60_000;

export function workspaceCapabilities(
  routes: readonly CapabilityRoute[],
  ownsManaged: boolean,
): WorkspaceCapabilities {
  const refused = summarize(routes)
    .filter(({ name, state }) => state === 'refused' && !CASE_BY_CASE.has(name))
    .map(({ name, answer }) => [name, answer ?? 'it was refused'] as const);
  return { refused: new Map(refused), ownsManaged };
}

/**
 * @param tasks those of this subject, open or closed by a person
 * @param afreshAt steps that were refused before this instant are tried again
 */
export function meansFor(
  routes: readonly CapabilityRoute[],
  tasks: readonly RememberedTask[],
  { ownsManaged, afreshAt, now }: { ownsManaged: boolean; afreshAt: number; now: number },
): AvailableCapabilities {
  const steps = tasks.flatMap(({ action, why, triedAt }) => {
    const standsMs = TAKES_ACCESS_AWAY.has(action) ? REMOVAL_REFUSAL_STANDS_MS : REFUSAL_STANDS_MS;
    const stands = triedAt !== null && triedAt >= afreshAt && triedAt <= now && now - triedAt < standsMs;
    return stands ? [[action, { why, at: triedAt }] as const] : [];
  });
  return { ...workspaceCapabilities(routes, ownsManaged), refusedSteps: new Map(steps) };
}
