/** A whole life of people and groups, in every world that the simulated Mode knows. */
import { expect, it } from 'vitest';
import { BREAKER_LIMITS } from '../../src/provisioning/gate/breaker.ts';
import { ROOMY } from '../acceptance/boot.ts';
import { draft, groupDraft, okta, openStage, until, W } from './stage.ts';

const PEOPLE = 15;
const SEND_DEADLINE_MS = 60_000;
const emailOf = (index: number) => `p${String(index).padStart(2, '0')}@x.test`;

it.each(['kind', 'documented', 'hostile'])(
  'what the IdP wants comes to be, in the profile %s',
  async (profile) => {
    const stage = await openStage({
      settings: { profile, auto_accept_seconds: 1, ...ROOMY },
      // More leave the group than pass without a decision.
      options: { policyOf: () => ({ breaker: { ...BREAKER_LIMITS, count: PEOPLE } }) },
    });
    const { users, groups } = stage;
    const reached = async (wanted: object) => {
      await until(() => {
        // Mode's own lags and pauses pass while it is waited for.
        stage.advance(200);
        const { members, groups: of = [] } = stage.sandbox.control.state();
        const active = members.filter((member) => member.state === 'active' && member.email !== OWNER);
        const state = {
          members: active.map((member) => member.email).sort(),
          groups: Object.fromEntries(
            of.map(({ name, members: inGroup }) => [name, [...new Set(inGroup)].sort()]),
          ),
        };
        return JSON.stringify(state) === JSON.stringify(wanted);
      });
    };
    const people = await Promise.all(
      Array.from({ length: PEOPLE }, (_none, index) => users.create(okta, draft(emailOf(index)))),
    );
    const ids = people.map((user) => user.id);
    const all = people.map((user) => user.userName);
    const team = await groups.create(okta, groupDraft('Team'), ids);
    const gone = await groups.create(okta, groupDraft('Gone'), ids.slice(0, 3));
    stage.start();
    await reached({ members: all, groups: { Gone: all.slice(0, 3), Team: all } });

    await groups.remove(okta, gone.id);
    for (const index of [0, 1]) {
      await users.update(okta, ids[index] ?? '', () => draft(emailOf(index), { active: false }));
    }
    await groups.update(okta, team.id, () => ({
      draft: groupDraft('Squad'),
      members: { kind: 'replace', members: ids.slice(0, 8) },
    }));
    await reached({ members: all.slice(2), groups: { Squad: all.slice(2, 8) } });

    await users.update(okta, ids[0] ?? '', () => draft(emailOf(0)));
    const left = all.filter((_email, index) => index !== 1);
    await reached({ members: left, groups: { Squad: left.slice(0, 7) } });
    await until(async () => {
      stage.advance(5_000);
      const { jobs, deliveries } = await stage.store.status.status(W, 0);
      return jobs.waiting + jobs.verifying === 0 && deliveries.verified >= PEOPLE;
    });
    const { deliveries } = await stage.store.status.status(W, 0);
    expect(deliveries).toMatchObject({ pending: 0, blocked: 0 });
  },
  SEND_DEADLINE_MS,
);

const OWNER = 'admin@acme.example';
