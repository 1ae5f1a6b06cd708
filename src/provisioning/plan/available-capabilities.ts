/** What a plan may count on: the table of capabilities as data, and what was refused for this subject alone. Pure. */
import {
  REFUSAL_STANDS_MS,
  summarize,
  type CapabilityName,
  type CapabilityRoute,
} from '../capability/capability.ts';
import type { RememberedTask, TaskAction } from './task.ts';

export interface RefusedStep {
  /** The target's words, or what the bridge concluded. */
  readonly why: string;
  /** When the target refused it; null when the bridge concluded that it cannot be done now: the next job tries again. */
  readonly at: number | null;
}

/** The same for all subjects of the workspace. */
export interface WorkspaceCapabilities {
  /** Capabilities that no route serves, and what the target said. */
  readonly refused: ReadonlyMap<CapabilityName, string>;
  /** Whether what the target's own SCIM manages is the bridge's to write: it has that SCIM's token. */
  readonly ownsManaged: boolean;
}

export interface AvailableCapabilities extends WorkspaceCapabilities {
  /** Steps that were tried for this subject and refused, not to be tried again for now. */
  readonly refusedSteps: ReadonlyMap<TaskAction, RefusedStep>;
  /** Whether the target has no seat for another person. */
  readonly full?: boolean;
}

/** Everything may be tried, except on what others manage. */
export const UNTRIED: AvailableCapabilities = {
  refused: new Map(),
  refusedSteps: new Map(),
  ownsManaged: false,
};

/**
 * Capabilities that are tried again with each subject: whether somebody may be removed may depend on who it is, and
 * a removal that is not even tried is access that stays.
 */
const CASE_BY_CASE: ReadonlySet<CapabilityName> = new Set(['remove']);

/** Steps that leave somebody with access when they are not tried. */
const TAKES_ACCESS_AWAY: ReadonlySet<TaskAction> = new Set([
  'remove_member',
  'unmake_admin',
  'set_group_members',
]);
/** A refused removal is tried again in the same hour: somebody keeps access meanwhile. */
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
 * @param afreshAt refusals from before that are tried again
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
