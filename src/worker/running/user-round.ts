/** One look at a user: what must be done, and whether a read of Mode has confirmed what was done. */
import type { Observation } from '../../provisioning/model/observation.ts';
import type { Plan } from '../../provisioning/plan/plan.ts';
import { planUser, type UserState } from '../../provisioning/plan/plan-user.ts';
import type { Policy } from '../../provisioning/plan/policy.ts';
import { findAvailableCapabilities, type Refusals } from './find-available-capabilities.ts';
import type { Round } from './round.ts';
import type { WorkContext } from '../work-context.ts';

/** @returns undefined when the workspace has no such user and never had. */
export async function userRound(
  context: WorkContext,
  policy: Policy,
  id: string,
  refusals: Refusals = new Map(),
): Promise<Round | undefined> {
  const { workspace, store } = context;
  const state = await store.userState(workspace, id);
  if (state === undefined) return undefined;
  const available = await findAvailableCapabilities(context, { kind: 'user', id }, refusals);
  const plan = planUser({ ...state, now: context.clock.now() }, policy, available);
  const { desired, match, takenBack } = state;
  const rows = match.member === null ? takenBack : [match.member, ...takenBack];
  const confirmed = rows.every((member) => member.writtenAt === null);
  const leaving = desired.owned && !desired.wanted;
  const learned = { ...(await linkOf(context, state, plan)), ...expectedInvite(state, plan) };
  return Object.keys(learned).length === 0
    ? { plan, confirmed, leaving }
    : { plan, confirmed, leaving, learned };
}

/** A link that the rule does not follow any more is dropped, so that nobody takes the account for the user's. */
async function linkOf(
  { directory }: WorkContext,
  { desired, match, invite }: UserState,
  plan: Plan,
): Promise<Pick<Observation, 'links' | 'enqueue'>> {
  const { id } = desired;
  const stale = desired.memberToken !== null && match.by !== 'link' && desired.wanted && desired.owned;
  if (plan.link === null ? !stale : plan.link === desired.memberToken) return {};
  const origin = (invite?.sends ?? 0) > 0 ? 'invited' : 'auto';
  const groups = (await directory.groupsOf([id])).get(id) ?? [];
  return {
    links: [{ subject: { kind: 'user', id }, token: plan.link, origin }],
    // A person who is now known on Mode can be put into their groups; another account leaves them.
    enqueue: groups.map((group) => ({ subject: { kind: 'group', id: group.id }, verifying: false })),
  };
}

/** A pending invite that somebody else sent is the user's too: it goes when the IdP takes the address back. */
function expectedInvite({ desired, match, invite }: UserState, plan: Plan): Pick<Observation, 'invites'> {
  const { member } = match;
  if (!desired.wanted || member?.state !== 'invited' || member.email === null) return {};
  if (plan.link !== member.memberToken || invite?.userId === desired.id) return {};
  return { invites: [{ kind: 'expected', email: member.email, userId: desired.id }] };
}
