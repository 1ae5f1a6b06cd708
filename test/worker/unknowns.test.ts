/** What is not known of Mode, and how the bridge stays safe whichever way it is. Numbers as in the facts on its API. */
import { describe, expect, it } from 'vitest';
import { callsOf, draft, groupDraft, okta, openStage, until, W, type Stage } from './stage.ts';

const BOSS = { email: 'boss@x.test', admin: true };
const JANE = 'jane@x.test';

const team = (stage: Stage) => stage.sandbox.control.state().groups?.find((group) => group.name === 'Team');
const delivery = async (stage: Stage, id: string) =>
  (await stage.store.views.user(W, id))?.onMode.delivery ?? { state: null, reason: null };

describe('13.11 one e-mail', () => {
  it('is matched whatever its case', async () => {
    const stage = await openStage({ mode: { members: [BOSS, { email: 'Jane@X.test' }] } });
    const { id } = await stage.users.create(okta, draft(JANE));
    stage.start();
    await stage.quiet();
    expect(await delivery(stage, id)).toMatchObject({ state: 'verified' });
    expect(callsOf(stage)['POST /api/acme/invites']).toBeUndefined();
  });

  it('of two accounts is rejected and reported, and nobody is invited or changed', async () => {
    const twins = [JANE, 'jane+2@x.test'];
    const stage = await openStage({
      mode: { members: [BOSS, ...twins.map((email) => ({ email }))] },
      target: (real) => ({
        ...real,
        readMembers: async (known) =>
          (await real.readMembers(known)).map((member) =>
            twins.includes(member.email ?? '') ? { ...member, email: JANE } : member,
          ),
      }),
    });
    const { id } = await stage.users.create(okta, draft(JANE, { active: false }));
    stage.start();
    await until(async () => (await delivery(stage, id)).state === 'blocked');
    expect((await delivery(stage, id)).reason).toContain('2 members with the e-mail');
    const writes = Object.keys(callsOf(stage)).filter((route) => !route.startsWith('GET '));
    expect(writes).toEqual([]);
  });
});

describe('13.14 the name of a group', () => {
  it('that Mode has already is adopted, with the members that the IdP wants', async () => {
    const stage = await openStage({
      mode: { members: [BOSS, { email: JANE }], groups: [{ name: 'Team', members: [BOSS.email] }] },
    });
    const { id } = await stage.users.create(okta, draft(JANE));
    await stage.groups.create(okta, groupDraft('Team'), [id]);
    stage.start();
    await until(() => team(stage)?.members?.[0] === JANE);
    await stage.quiet();
    expect(callsOf(stage)['POST /api/acme/groups']).toBeUndefined();
    expect(team(stage)?.members).toEqual([JANE]);
  });

  it('that somebody takes in Mode between the look and the creation is adopted too', async () => {
    const stage = await openStage({ mode: { members: [BOSS] } });
    const apply = stage.context.target.apply.bind(stage.context.target);
    const made = { done: false };
    stage.context.target.apply = async (operation) => {
      if (operation.type === 'create_group' && !made.done) {
        made.done = true;
        stage.sandbox.control.uiEdit({ action: 'create_group', name: 'Team' });
      }
      return apply(operation);
    };
    await stage.groups.create(okta, groupDraft('Team'), []);
    stage.start();
    await stage.quiet();
    expect(stage.sandbox.control.state().groups).toHaveLength(1);
    const { deliveries } = await stage.store.status.status(W, 0);
    expect(deliveries.verified).toBe(1);
  });

  it('of a deleted group does not keep a group of that name from being deleted', async () => {
    const stage = await openStage({
      mode: { members: [BOSS], groups: [{ name: 'Team', state: 'soft_deleted' }] },
    });
    const { id } = await stage.groups.create(okta, groupDraft('Team'), []);
    stage.start();
    await stage.quiet();
    await stage.groups.remove(okta, id);
    await stage.quiet();
    expect(stage.sandbox.control.state().groups).toEqual([]);
  });
});

describe('13.16 adding a person who is already in the group', () => {
  it.each([400, 422, 'same', 'second'] as const)('succeeds when Mode answers %s', async (quirk) => {
    const stage = await openStage({
      settings: { quirks: { duplicate_group_member: quirk } },
      mode: { members: [BOSS, { email: JANE }] },
    });
    const apply = stage.context.target.apply.bind(stage.context.target);
    stage.context.target.apply = async (operation) => {
      if (operation.type === 'add_group_member' && team(stage)?.members?.length === 0) {
        stage.sandbox.control.uiEdit({ action: 'add_to_group', email: JANE, group: 'Team' });
      }
      return apply(operation);
    };
    const { id } = await stage.users.create(okta, draft(JANE));
    const group = await stage.groups.create(okta, groupDraft('Team'), [id]);
    stage.start();
    await stage.quiet();
    expect(new Set(team(stage)?.members)).toEqual(new Set([JANE]));
    expect((await stage.store.status.status(W, 0)).deliveries).toMatchObject({ verified: 2 });

    // However many memberships that made, all of them go.
    await stage.groups.update(okta, group.id, () => ({
      draft: groupDraft('Team'),
      members: { kind: 'replace', members: [] },
    }));
    await until(async () => {
      if (team(stage)?.members?.length === 0) return true;
      stage.advance(30_000);
      await stage.quiet();
      return false;
    });
  });
});

it.each([404, 422] as const)(
  '13.17 a person whose invite is open is put into groups later, when Mode says %s',
  async (quirk) => {
    const stage = await openStage({
      settings: { auto_accept_seconds: -1, quirks: { pending_group_member: quirk } },
      mode: { members: [BOSS, { email: 'sam@x.test' }] },
    });
    const ids = [];
    for (const email of [JANE, 'sam@x.test']) ids.push((await stage.users.create(okta, draft(email))).id);
    await stage.groups.create(okta, groupDraft('Team'), ids);
    stage.start();
    await until(() => team(stage)?.members?.length === 1);
    await stage.quiet();
    expect(callsOf(stage)['POST /api/acme/groups/:group/memberships']).toBe(1);
    stage.sandbox.control.acceptInvites();
    await until(() => team(stage)?.members?.length === 2);
  },
);

describe('13.19 a read that lags behind writes', () => {
  it('does not make the bridge write again, and the delivery is verified when Mode shows it', async () => {
    const stage = await openStage({
      settings: { quirks: { group_member_stale_seconds: 30, group_member_late_seconds: 30 } },
      mode: { members: [BOSS, { email: JANE }, { email: 'sam@x.test' }] },
    });
    const jane = await stage.users.create(okta, draft(JANE));
    const sam = await stage.users.create(okta, draft('sam@x.test'));
    const group = await stage.groups.create(okta, groupDraft('Team'), [jane.id]);
    stage.start();
    await until(() => (callsOf(stage)['POST /api/acme/groups/:group/memberships'] ?? 0) === 1);
    await stage.groups.update(okta, group.id, () => ({
      draft: groupDraft('Team'),
      members: { kind: 'replace', members: [sam.id] },
    }));
    await until(async () => {
      stage.advance(1_000);
      const { jobs } = await stage.store.status.status(W, 0);
      return jobs.waiting + jobs.verifying === 0;
    });
    expect(callsOf(stage)).toMatchObject({
      'POST /api/acme/groups/:group/memberships': 2,
      'DELETE /api/acme/groups/:group/memberships/:membership': 1,
    });
    expect((await stage.store.status.status(W, 0)).deliveries.verified).toBe(3);
  });
});

it('13.18 a 429 slows everything down, loses nothing, and is not taken for a failure of the person', async () => {
  const stage = await openStage({
    settings: { rate_per_second: 2, burst: 5, retry_after: 'mixed', auto_accept_seconds: 0 },
  });
  const emails = Array.from({ length: 40 }, (_none, index) => `p${index}@x.test`);
  await Promise.all(emails.map((email) => stage.users.create(okta, draft(email))));
  stage.start();
  await until(() => (stage.sandbox.control.counts().by_status['429'] ?? 0) > 0);
  await until(async () => {
    stage.advance(500);
    const { jobs } = await stage.store.status.status(W, 0);
    return jobs.waiting + jobs.verifying === 0;
  });
  expect(callsOf(stage)['POST /api/acme/invites']).toBeGreaterThanOrEqual(40);
  const invites = stage.sandbox.control.state().invites ?? [];
  expect(invites.map(({ email, count }) => [email, count]).sort()).toEqual(
    emails.map((email) => [email, 1]).sort(),
  );
});
