/** What a look at a subject reveals: its account or group, and the user of a pending invite. */
import type { Observation } from '../../provisioning/model/observation.ts';
import { learnedLink } from '../../provisioning/plan/learned-link.ts';
import type { Plan } from '../../provisioning/plan/plan.ts';
import type { UserState } from '../../provisioning/plan/plan-user.ts';
import type { SubjectState } from '../../provisioning/plan/subject-state.ts';
import type { WorkContext } from '../work-context.ts';

type Learned = Pick<Observation, 'adopted' | 'links' | 'enqueue' | 'invites'>;

/** @returns undefined when nothing is new */
export async function learn(
  context: WorkContext,
  state: SubjectState,
  plan: Plan,
): Promise<Learned | undefined> {
  // Only a live connection adopts what the target had before.
  const isLive = state.connection === 'live';
  if (state.kind === 'group') {
    const { id, targetGroupId } = state.group.desired;
    if (isTakenOver(state, plan)) return { adopted: [{ kind: 'group', id }] };
    if (plan.link === targetGroupId || (plan.link !== null && !isLive)) return undefined;
    return { links: [{ subject: { kind: 'group', id }, token: plan.link }] };
  }
  const { id } = state.user.desired;
  const learned = {
    ...(isTakenOver(state, plan) ? { adopted: [{ kind: 'user', id } as const] } : {}),
    ...(await linkOf(context, state.user, plan, isLive)),
    ...(isLive ? expectedInvite(state.user, plan) : {}),
  };
  return Object.keys(learned).length === 0 ? undefined : learned;
}

/** A live connection takes over what the target had before and what its IdP was shown. */
function isTakenOver(state: SubjectState, { link }: Plan): boolean {
  if (state.connection !== 'live' || link === null) return false;
  if (state.kind === 'group') {
    const { shown, owned, targetGroupId } = state.group.desired;
    return shown === true && owned && link === targetGroupId;
  }
  const { shown, owned, accountId } = state.user.desired;
  return shown === true && owned && link === accountId;
}

async function linkOf(
  { directory }: WorkContext,
  state: UserState,
  plan: Plan,
  isLive: boolean,
): Promise<Pick<Learned, 'links' | 'enqueue'>> {
  const { id } = state.desired;
  const link = learnedLink(state, plan);
  if (link === undefined || (link.token !== null && link.origin === 'auto' && !isLive)) return {};
  const groups = (await directory.groupsOf([id])).get(id) ?? [];
  return {
    links: [{ subject: { kind: 'user', id }, ...link }],
    // A person whose account is now known can be added to their groups. Another account leaves them.
    enqueue: groups.map((group) => ({ subject: { kind: 'group', id: group.id }, verifying: false })),
  };
}

/**
 * A pending invite that somebody else sent also belongs to the user. It is removed when the IdP changes the address.
 */
function expectedInvite({ desired, match, invite }: UserState, plan: Plan): Pick<Learned, 'invites'> {
  const { member } = match;
  if (!desired.wanted || member?.state !== 'invited' || member.email === null) return {};
  if (plan.link !== member.accountId || invite?.userId === desired.id) return {};
  return { invites: [{ kind: 'expected', email: member.email, userId: desired.id }] };
}
