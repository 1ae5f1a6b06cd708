/** One look at a user: what is to be done, and whether a read of Mode has confirmed what was done. */
import type { Observation } from '../provisioning/observation.ts';
import { planUser } from '../provisioning/plan-user.ts';
import type { Policy } from '../provisioning/policy.ts';
import { meansOf, type Refusals } from './means-of.ts';
import type { Round } from './round.ts';
import type { WorkContext } from './work-context.ts';

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
  const means = await meansOf(context, { kind: 'user', id }, refusals);
  const plan = planUser({ ...state, now: context.clock.now() }, policy, means);
  const confirmed = state.candidates.every((member) => member.writtenAt === null);
  if (plan.link === null || plan.link === state.desired.memberToken) return { plan, confirmed };
  return { plan, confirmed, learned: await link(context, id, plan.link) };
}

/** A person who is now known on Mode can be put into their groups. */
async function link(
  { directory }: WorkContext,
  id: string,
  token: string,
): Promise<Pick<Observation, 'links' | 'wake'>> {
  const groups = (await directory.groupsOf([id])).get(id) ?? [];
  return {
    links: [{ subject: { kind: 'user', id }, token }],
    wake: groups.map((group) => ({ subject: { kind: 'group', id: group.id }, verifying: false })),
  };
}
