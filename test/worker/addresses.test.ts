/** People whose address changes, goes to somebody else, or comes back: who is in Mode is who the IdP wants. */
import { describe, expect, it } from 'vitest';
import { createLinks } from '../../src/operators/links.ts';
import { INVITE_POLICY } from '../../src/provisioning/invite/invite.ts';
import { engines } from '../databases.ts';
import { draft, groupDraft, okta, openStage, until, W, type Stage } from './stage.ts';

const NOBODY_ACCEPTS = { auto_accept_seconds: -1 };
const MINUTE = 60_000;
const [WRONG, RIGHT, BOSS] = ['jnae@x.test', 'jane@x.test', 'boss@x.test'];

const control = (stage: Stage) => stage.sandbox.control;
const onMode = (stage: Stage, email: string) =>
  control(stage)
    .state()
    .members.find((member) => member.email === email);
const stateOf = (stage: Stage, email: string) => onMode(stage, email)?.state ?? 'gone';
const isIn = (stage: Stage, email: string) => ['active', 'pending'].includes(stateOf(stage, email));
const groupOf = (stage: Stage, name: string) =>
  control(stage)
    .state()
    .groups?.find((group) => group.name === name)?.members ?? [];
const shown = async (stage: Stage, id: string) => (await stage.store.views.user(W, id))?.onMode;
const writes = (stage: Stage) =>
  control(stage)
    .requests()
    .flatMap(({ method, route, credential }) => {
      if (method === 'DELETE' && route.includes('/memberships')) return ['remove'];
      return route.endsWith('/invites') && credential === 'inviter' ? ['invite'] : [];
    });

async function reread(stage: Stage): Promise<void> {
  const before = stage.worker.sync.state.last?.startedAt;
  stage.advance(2 * MINUTE);
  stage.worker.sync.request(false);
  await until(() => stage.worker.sync.state.last?.startedAt !== before);
  await stage.quiet();
}

async function accept(stage: Stage, more: { readonly old?: boolean } = {}): Promise<void> {
  control(stage).acceptInvites(more);
  await reread(stage);
}

async function join(stage: Stage, email: string) {
  const { id } = await stage.users.create(okta, draft(email));
  await stage.quiet();
  await accept(stage);
  expect(stateOf(stage, email)).toBe('active');
  return id;
}

it('a member that no IdP pushed stays when a user gets their address and leaves', async () => {
  const stranger = 'stranger@x.test';
  const members = [{ email: BOSS, admin: true }, { email: stranger }];
  const stage = await openStage({ settings: NOBODY_ACCEPTS, mode: { members } });
  stage.start();
  const id = await join(stage, RIGHT);
  const next = { ...draft(stranger), userName: RIGHT };
  await stage.users.update(okta, id, () => next);
  await stage.quiet();
  await stage.users.update(okta, id, () => ({ ...next, active: false }));
  await until(() => !isIn(stage, RIGHT));
  await reread(stage);
  await reread(stage);
  expect(stateOf(stage, stranger)).toBe('active');
  expect(await shown(stage, id)).toMatchObject({ delivery: { state: 'verified' } });
});

describe.each(engines)('an address that is corrected before the invite is accepted, on %s', (engine) => {
  it('is invited, and the old one is withdrawn, however late somebody accepts it', async () => {
    const stage = await openStage({ engine, settings: NOBODY_ACCEPTS });
    const { id } = await stage.users.create(okta, draft(WRONG, { admin: true }));
    await stage.groups.create(okta, groupDraft('Team'), [id]);
    stage.start();
    await stage.quiet();
    expect(stateOf(stage, WRONG)).toBe('pending');
    await stage.users.update(okta, id, () => draft(RIGHT, { admin: true }));
    await until(() => stateOf(stage, RIGHT) === 'pending' && !isIn(stage, WRONG));
    await stage.quiet();

    control(stage).acceptInvites({ old: true });
    expect(stateOf(stage, WRONG)).toBe('active');
    await reread(stage);
    await until(() => !isIn(stage, WRONG));
    await stage.quiet();
    expect(onMode(stage, RIGHT)).toMatchObject({ state: 'active', admin: true });
    expect(groupOf(stage, 'Team')).toEqual([RIGHT]);
    expect(await shown(stage, id)).toMatchObject({ state: 'active', delivery: { state: 'verified' } });
  });

  it('wins against somebody who accepts the old one in the same moment', async () => {
    const stage = await openStage({ engine, settings: NOBODY_ACCEPTS });
    const { id } = await stage.users.create(okta, draft(WRONG, { admin: true }));
    await stage.groups.create(okta, groupDraft('Team'), [id]);
    stage.start();
    await stage.quiet();
    control(stage).acceptInvites();
    await stage.users.update(okta, id, () => draft(RIGHT, { admin: true }));
    await reread(stage);
    await until(() => !isIn(stage, WRONG) && stateOf(stage, RIGHT) === 'pending');
    expect(onMode(stage, WRONG)?.admin ?? false).toBe(false);
    expect(groupOf(stage, 'Team')).toEqual([]);
    await stage.quiet();
    expect(await shown(stage, id)).toMatchObject({ state: 'invited' });
  });
});

describe('an address that changes', () => {
  it('several times in a row leaves only the last one, and the first one when it comes back', async () => {
    const stage = await openStage({ settings: NOBODY_ACCEPTS });
    const { id } = await stage.users.create(okta, draft('a@x.test'));
    stage.start();
    for (const email of ['b@x.test', 'c@x.test', 'a@x.test']) {
      await stage.quiet();
      await stage.users.update(okta, id, () => draft(email));
    }
    await until(() => stateOf(stage, 'a@x.test') === 'pending' && !isIn(stage, 'c@x.test'));
    await stage.quiet();
    expect(['a@x.test', 'b@x.test', 'c@x.test'].filter((email) => isIn(stage, email))).toEqual(['a@x.test']);
    await accept(stage);
    expect(await shown(stage, id)).toMatchObject({ state: 'active', delivery: { state: 'verified' } });
  });

  it('and then is the address of another person is theirs, and nobody removes them', async () => {
    const stage = await openStage({ settings: NOBODY_ACCEPTS });
    const { id } = await stage.users.create(okta, draft(WRONG));
    stage.start();
    await stage.quiet();
    await stage.users.update(okta, id, () => draft(RIGHT));
    const { id: other } = await stage.users.create(okta, draft(WRONG));
    await until(() => stateOf(stage, RIGHT) === 'pending');
    await stage.quiet();
    await accept(stage);
    await reread(stage);
    expect([stateOf(stage, WRONG), stateOf(stage, RIGHT)]).toEqual(['active', 'active']);
    expect(await shown(stage, other)).toMatchObject({ state: 'active', delivery: { state: 'verified' } });
    expect(await shown(stage, id)).toMatchObject({ state: 'active', delivery: { state: 'verified' } });
  });

  it('and then is the address of a user with an account is withdrawn, and is not invited again for that user', async () => {
    const stage = await openStage({ settings: NOBODY_ACCEPTS });
    stage.start();
    const ann = await join(stage, 'ann@x.test');
    const { id } = await stage.users.create(okta, draft(WRONG));
    await stage.quiet();
    expect(stateOf(stage, WRONG)).toBe('pending');
    const before = writes(stage).length;
    await stage.users.update(okta, ann, () => ({ ...draft(WRONG), userName: 'ann' }));
    await stage.users.update(okta, id, () => ({ ...draft(RIGHT), userName: 'jane' }));
    await until(() => stateOf(stage, RIGHT) === 'pending' && !isIn(stage, WRONG));
    await stage.quiet();
    stage.advance(INVITE_POLICY.resendAfterMs);
    await reread(stage);
    // Only the invite of the new address is sent again.
    await until(() => writes(stage).length === before + 3);
    await stage.quiet();
    expect(isIn(stage, WRONG)).toBe(false);
    expect(stateOf(stage, 'ann@x.test')).toBe('active');
    expect(await shown(stage, ann)).toMatchObject({ state: 'active', delivery: { state: 'verified' } });
    expect(writes(stage).slice(before)).toEqual(['remove', 'invite', 'invite']);
  });

  it('of a person who has joined, or swapped between two such people, removes nobody', async () => {
    const stage = await openStage({ settings: NOBODY_ACCEPTS });
    stage.start();
    const [ann, ben] = [await join(stage, 'ann@x.test'), await join(stage, 'ben@x.test')];
    await stage.users.update(okta, ann, () => ({ ...draft('ben@x.test'), userName: 'ann' }));
    await stage.users.update(okta, ben, () => ({ ...draft('ann@x.test'), userName: 'ben' }));
    await stage.quiet();
    await reread(stage);
    expect([stateOf(stage, 'ann@x.test'), stateOf(stage, 'ben@x.test')]).toEqual(['active', 'active']);
    expect(writes(stage)).not.toContain('remove');
    // Each keeps the account: when Ann leaves, it is Ann's account that goes.
    await stage.users.update(okta, ann, () => ({
      ...draft('ben@x.test', { active: false }),
      userName: 'ann',
    }));
    await until(() => !isIn(stage, 'ann@x.test'));
    await stage.quiet();
    expect(stateOf(stage, 'ben@x.test')).toBe('active');
  });

  it('while somebody was away is the one under which they are invited back', async () => {
    const stage = await openStage({ settings: NOBODY_ACCEPTS });
    stage.start();
    const id = await join(stage, 'old@x.test');
    await stage.users.update(okta, id, () => draft('old@x.test', { active: false }));
    await until(() => !isIn(stage, 'old@x.test'));
    await stage.quiet();
    await stage.users.update(okta, id, () => draft('new@x.test'));
    await until(() => stateOf(stage, 'new@x.test') === 'pending');
    await stage.quiet();
    await accept(stage);
    expect(await shown(stage, id)).toMatchObject({ state: 'active', delivery: { state: 'verified' } });
    expect(isIn(stage, 'old@x.test')).toBe(false);
  });
});

describe('a leaver', () => {
  it.each([true, false])(
    'with the address of their manager goes, and the manager stays: pushed %s',
    async (pushed) => {
      const stage = await openStage({
        settings: NOBODY_ACCEPTS,
        mode: { members: [{ email: BOSS, admin: true }] },
      });
      stage.start();
      if (pushed) await stage.users.create(okta, draft(BOSS));
      const id = await join(stage, RIGHT);
      await stage.users.update(okta, id, () => ({ ...draft(BOSS, { active: false }), userName: 'jane' }));
      await until(() => !isIn(stage, RIGHT));
      await stage.quiet();
      await stage.users.remove(okta, id);
      await reread(stage);
      expect(stateOf(stage, BOSS)).toBe('active');
      expect(isIn(stage, RIGHT)).toBe(false);
    },
  );

  it('that Mode had before is removed even if the bridge never saw the user as wanted', async () => {
    const stage = await openStage({
      settings: NOBODY_ACCEPTS,
      mode: { members: [{ email: BOSS, admin: true }, { email: RIGHT }] },
    });
    const { id } = await stage.users.create(okta, draft(RIGHT));
    await stage.users.update(okta, id, () => ({ ...draft(BOSS, { active: false }), userName: 'jane' }));
    stage.start();
    await until(() => !isIn(stage, RIGHT));
    await stage.quiet();
    expect(stateOf(stage, BOSS)).toBe('active');
  });

  it.each(['deactivated', 'deleted'])(
    'who was %s leaves the address to a new hire, who is invited when the account is gone',
    async (how) => {
      const held = { removals: true };
      const stage = await openStage({
        settings: NOBODY_ACCEPTS,
        target: (real) => ({
          ...real,
          apply: async (operation) => {
            while (operation.type === 'remove_member' && held.removals) await new Promise(setImmediate);
            return real.apply(operation);
          },
        }),
      });
      stage.start();
      const old = await join(stage, RIGHT);
      const account = onMode(stage, RIGHT)?.member_token;
      await stage.groups.create(okta, groupDraft('Secret'), [old]);
      await until(() => groupOf(stage, 'Secret').length === 1);
      if (how === 'deleted') await stage.users.remove(okta, old);
      else
        await stage.users.update(okta, old, () => ({ ...draft(RIGHT, { active: false }), userName: 'old' }));
      const { id } = await stage.users.create(okta, draft(RIGHT));
      await until(async () => (await shown(stage, id))?.delivery.state === 'blocked');
      expect((await shown(stage, id))?.delivery.reason).toContain('who left');
      expect(await shown(stage, id)).toMatchObject({ state: 'absent', username: null });
      expect(await stage.store.provisioning.linkOf(W, { kind: 'user', id })).toBeUndefined();
      held.removals = false;
      await until(() => stateOf(stage, RIGHT) !== 'active');
      await until(() => stateOf(stage, RIGHT) === 'pending');
      await stage.quiet();
      expect(writes(stage).slice(-2)).toEqual(['remove', 'invite']);
      await accept(stage);
      expect(await shown(stage, id)).toMatchObject({ state: 'active', delivery: { state: 'verified' } });
      expect(groupOf(stage, 'Secret')).toEqual([]);
      expect(account).toBeDefined();
    },
  );
});

it('an account whose link an operator dropped is unmanaged for the IdP and in the feed', async () => {
  const stage = await openStage({ mode: { members: [{ email: BOSS, admin: true }, { email: RIGHT }] } });
  const { id } = await stage.users.create(okta, draft(RIGHT));
  stage.start();
  await stage.quiet();
  expect(await shown(stage, id)).toMatchObject({ state: 'active' });
  await createLinks(stage.store.provisioning, () => 'Mode', stage.clock).drop(W, 'user', id);
  await until(async () => (await shown(stage, id))?.delivery.state === 'blocked');
  expect(await shown(stage, id)).toMatchObject({ state: 'absent', username: null });
  const snapshot = await stage.store.feed.takeSnapshot(W, stage.clock);
  const { items } = await snapshot.page('accounts', 0, 10);
  expect(items.find((account) => account.id === id)).toMatchObject({ state: 'absent', memberToken: null });
  stage.worker.sync.request(false);
  const token = onMode(stage, RIGHT)?.member_token;
  await until(async () => {
    const after = await (await stage.store.feed.takeSnapshot(W, stage.clock)).page('accounts', 0, 10);
    return after.items.some((account) => account.memberToken === token && !account.owned);
  });
});
