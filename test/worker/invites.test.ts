import { describe, expect, it } from 'vitest';
import { engines } from '../databases.ts';
import { draft, groupDraft, okta, openStage, until, W, type Stage } from './stage.ts';
import { sentences } from '../../src/provisioning/reason/reason.ts';

const DAY = 24 * 60 * 60_000;
const NOBODY_ACCEPTS = { auto_accept_seconds: -1 };
const JANE = 'jane@x.test';

const invite = (stage: Stage) => stage.store.provisioning.inviteOf(W, JANE);
/** With the key that may invite: that the other may not is found out once a day. */
const sent = (stage: Stage) =>
  stage.sandbox.control
    .requests()
    .filter(({ route, credential }) => route === '/api/acme/invites' && credential === 'inviter').length;
const isActive = (stage: Stage, email: string) =>
  stage.sandbox.control.state().members.some((member) => member.email === email && member.state === 'active');

async function reread(stage: Stage): Promise<void> {
  const before = stage.worker.sync.state.last?.startedAt;
  stage.worker.sync.request(false);
  await until(() => stage.worker.sync.state.last?.startedAt !== before);
  await stage.quiet();
}

describe.each(engines)('an invite, on %s', (engine) => {
  it('13.13 not accepted is sent again after the configured time, at most as often as configured, and then reported as stuck', async () => {
    const stage = await openStage({ engine, settings: NOBODY_ACCEPTS });
    const { id } = await stage.users.create(okta, draft(JANE));
    stage.start();
    await stage.quiet();
    expect(await invite(stage)).toMatchObject({ state: 'pending', sends: 1 });
    for (const sends of [2, 3]) {
      stage.advance(6 * DAY);
      await reread(stage);
      expect(sent(stage)).toBe(sends - 1);
      stage.advance(DAY + 1);
      await reread(stage);
      expect(sent(stage)).toBe(sends);
      expect(await invite(stage)).toMatchObject({ sends, state: 'pending' });
    }
    stage.advance(8 * DAY);
    await reread(stage);
    expect(sent(stage)).toBe(3);
    const { troubled } = await stage.store.status.status(W, 10);
    expect(troubled).toMatchObject([{ id, delivery: 'pending' }]);
    expect(sentences(troubled[0]?.reasons ?? [])).toContain('sent 3 times');
    expect((await stage.store.provisioning.openInvites(W, 10)).map((open) => open.email)).toEqual([JANE]);
  });

  it('that Mode does not send again stays open, and is not requested with every look', async () => {
    const stage = await openStage({
      engine,
      settings: { ...NOBODY_ACCEPTS, quirks: { invite_pending: 422 } },
    });
    await stage.users.create(okta, draft(JANE));
    stage.start();
    await stage.quiet();
    stage.advance(8 * DAY);
    await reread(stage);
    await reread(stage);
    expect(sent(stage)).toBe(2);
    expect(await invite(stage)).toMatchObject({ state: 'pending', sends: 2 });
    expect((await invite(stage))?.reason).toContain('already been invited');
  });

  it('that expires is reported as expired, and sent again', async () => {
    const stage = await openStage({
      engine,
      settings: { ...NOBODY_ACCEPTS, quirks: { expired_invite: 'vanish', invite_expires_seconds: 3_600 } },
    });
    await stage.users.create(okta, draft(JANE));
    stage.start();
    await stage.quiet();
    expect((await invite(stage))?.expiresAt).toBeGreaterThan(stage.clock.now());
    stage.advance(2 * 3_600_000);
    await reread(stage);
    await until(() => sent(stage) === 2);
    await stage.quiet();
    expect(await invite(stage)).toMatchObject({ state: 'pending', sends: 2 });
  });

  it('that is accepted is reported as accepted, and the person gets their groups', async () => {
    const stage = await openStage({ engine, settings: NOBODY_ACCEPTS });
    const { id } = await stage.users.create(okta, draft(JANE));
    await stage.groups.create(okta, groupDraft('Team'), [id]);
    stage.start();
    await stage.quiet();
    expect(stage.sandbox.control.state().groups).toMatchObject([{ name: 'Team', members: [] }]);
    stage.sandbox.control.acceptInvites();
    await until(() => stage.sandbox.control.state().groups?.[0]?.members?.length === 1);
    await stage.quiet();
    expect(await invite(stage)).toMatchObject({ state: 'accepted' });
    expect(await stage.store.provisioning.openInvites(W, 10)).toEqual([]);
  });

  it('13.13 a leaver who turns up active through an old invite is removed again', async () => {
    const stage = await openStage({ engine, settings: NOBODY_ACCEPTS });
    const { id } = await stage.users.create(okta, draft(JANE));
    stage.start();
    await stage.quiet();
    await stage.users.update(okta, id, () => draft(JANE, { active: false }));
    await stage.quiet();
    expect(await invite(stage)).toBeUndefined();
    stage.advance(2 * 60_000);
    stage.sandbox.control.acceptInvites({ old: true });
    expect(isActive(stage, JANE)).toBe(true);
    await reread(stage);
    await until(() => !isActive(stage, JANE));
  });

  it('13.12 of an existing member is a success', async () => {
    const stage = await openStage({ engine });
    // Joins right before the invite, after the read of Mode.
    const apply = stage.context.target.apply.bind(stage.context.target);
    const joined = { done: false };
    stage.context.target.apply = async (operation) => {
      if (operation.type === 'invite' && !joined.done) {
        joined.done = true;
        stage.sandbox.control.uiEdit({ action: 'join', email: JANE });
      }
      return apply(operation);
    };
    const { id } = await stage.users.create(okta, draft(JANE));
    stage.start();
    await stage.quiet();
    expect((await stage.store.views.user(W, id))?.onMode).toMatchObject({
      state: 'active',
      delivery: { state: 'verified' },
    });
    expect(sent(stage)).toBe(1);
  });
});
