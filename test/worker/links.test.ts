import { describe, expect, it } from 'vitest';
import { createLinks } from '../../src/operators/links.ts';
import { engines } from '../databases.ts';
import { callsOf, draft, groupDraft, okta, openStage, until, W, type Stage } from './stage.ts';

const BOSS = { email: 'boss@x.test', admin: true };
const JANE = 'jane@x.test';
const MODE = {
  members: [BOSS, { email: JANE }, { email: 'jane.old@x.test' }],
  groups: [{ name: 'Team', members: [BOSS.email] }, { name: 'Data Team' }],
};

const links = (stage: Stage) => createLinks(stage.store.provisioning, () => 'Mode', stage.clock);
const writes = (stage: Stage) => Object.keys(callsOf(stage)).filter((route) => !route.startsWith('GET '));
const delivery = async (stage: Stage, id: string) =>
  (await stage.store.views.user(W, id))?.onMode.delivery ?? { state: null, reason: null };
const groupOf = (stage: Stage, name: string) =>
  stage.sandbox.control.state().groups?.find((group) => group.name === name)?.members;

describe.each(engines)('links, on %s', (engine) => {
  it('with adoption off nothing of Mode is taken over until people say so, and what we made is ours', async () => {
    const stage = await openStage({ engine, mode: MODE, options: { adoption: 'off' } });
    const { id } = await stage.users.create(okta, draft(JANE));
    const { id: newcomer } = await stage.users.create(okta, draft('new@x.test'));
    await stage.groups.create(okta, groupDraft('Team'), [id]);
    await stage.groups.create(okta, groupDraft('Own'), [id, newcomer]);
    stage.start();
    await until(async () => (await delivery(stage, id)).state === 'blocked');
    await until(() => groupOf(stage, 'Own')?.length === 1);
    expect((await delivery(stage, id)).reason).toContain('links set');
    expect(groupOf(stage, 'Team')).toEqual([BOSS.email]);
    expect(groupOf(stage, 'Own')).toEqual(['new@x.test']);

    await links(stage).set(W, 'user', JANE, JANE);
    await links(stage).set(W, 'group', 'Team', 'Team');
    await until(() => groupOf(stage, 'Team')?.[0] === JANE && groupOf(stage, 'Own')?.length === 2);
    await stage.quiet();
    expect(await delivery(stage, id)).toMatchObject({ state: 'verified' });
  });

  it('a dropped link is not made again automatically, and nobody is invited instead', async () => {
    const stage = await openStage({ engine, mode: MODE });
    const { id } = await stage.users.create(okta, draft(JANE));
    await stage.groups.create(okta, groupDraft('Data Team'), [id]);
    stage.start();
    await until(() => groupOf(stage, 'Data Team')?.length === 1);
    await stage.quiet();
    const dropped = await links(stage).drop(W, 'user', id);
    await until(async () => (await delivery(stage, id)).state === 'blocked');
    await until(() => groupOf(stage, 'Data Team')?.length === 0);
    expect((await delivery(stage, id)).reason).toContain('dropped');
    expect(callsOf(stage)['POST /api/acme/invites']).toBeUndefined();
    expect(await links(stage).list(W)).toMatchObject([{ subject: { kind: 'group' } }]);

    await links(stage).set(W, 'user', JANE, dropped.token);
    await until(() => groupOf(stage, 'Data Team')?.length === 1);
  });

  it('by hand connects a person of another address, who is then managed', async () => {
    const stage = await openStage({ engine, mode: { members: [BOSS, { email: 'jane.old@x.test' }] } });
    const { id } = await stage.users.create(okta, draft(JANE, { active: false }));
    stage.start();
    await stage.quiet();
    expect(writes(stage)).toEqual([]);
    await links(stage).set(W, 'user', id, 'jane.old@x.test');
    await until(() => stage.sandbox.control.state().members.length === 1);
    await stage.quiet();
    expect(await delivery(stage, id)).toMatchObject({ state: 'verified' });
  });

  it('are rejected for no match, several matches, or an account of another user', async () => {
    const stage = await openStage({ engine, mode: MODE });
    await stage.users.create(okta, draft(JANE));
    await stage.users.create(okta, draft('other@x.test'));
    stage.start();
    await stage.quiet();
    const { set, drop } = links(stage);
    await expect(set(W, 'user', 'nobody', JANE)).rejects.toMatchObject({ code: 'not_found' });
    await expect(set(W, 'user', JANE, 'nobody')).rejects.toMatchObject({ code: 'not_found' });
    await expect(set(W, 'user', 'other@x.test', JANE)).rejects.toMatchObject({ code: 'conflict' });
    await expect(drop(W, 'group', 'Team')).rejects.toMatchObject({ code: 'not_found' });
  });
});
