/** Plans the members group by group, so that all memberships are never in memory at once. */
import type { DryRunRules } from '../provisioning/dry-run/dry-run-rules.ts';
import { groupsToPlan } from '../provisioning/dry-run/plan-groups.ts';
import { planMembers, type AfterSteps } from '../provisioning/dry-run/plan-members.ts';
import type { PlannedStep } from '../provisioning/dry-run/planned-step.ts';
import type { DryRunStore } from '../provisioning/ports/dry-run-store.ts';

/** Groups whose members are read at once. */
const GROUPS_AT_ONCE = 20;

interface MemberPlan {
  readonly workspace: string;
  readonly after: AfterSteps;
  readonly rules: DryRunRules;
  /** Gets the steps of each group. */
  readonly take: (steps: readonly PlannedStep[]) => void;
}

/**
 * @param turn awaited between reads, with how many groups are planned and how many there are
 * @returns the names of groups whose members were never read
 */
export async function memberSteps(
  plans: DryRunStore,
  { workspace, after, rules, take }: MemberPlan,
  turn: (done: number, of: number) => Promise<void>,
): Promise<readonly string[]> {
  const own = groupsToPlan(after.groups, rules);
  const unread: string[] = [];
  for (let from = 0; from < own.length; from += GROUPS_AT_ONCE) {
    const some = own.slice(from, from + GROUPS_AT_ONCE);
    const asked = some.map((group) => ({ id: group.id, targetGroupId: after.groups.tokenOnTarget(group) }));
    const members = await plans.dryRunMembers(workspace, asked);
    for (const [index, group] of some.entries()) {
      take(planMembers(group, members, after, rules));
      if (members.unread.has(asked[index]?.targetGroupId ?? '')) unread.push(group.name);
    }
    await turn(from + some.length, own.length);
  }
  return unread;
}
