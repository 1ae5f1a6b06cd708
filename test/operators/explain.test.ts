/** Explanations of people in the situations that each code stands for. */
import { describe, expect, it } from 'vitest';
import { operatorsOf } from '../../src/app/operators-of.ts';
import { engines } from '../databases.ts';
import { draftOf } from '../feed/world.ts';
import { okta, openStage, W, type Stage } from '../worker/stage.ts';

function explainOf({ store, clock }: Stage) {
  const { explain } = operatorsOf(store, clock, { workspaces: [], file: undefined });
  return (who: string, group?: string) => explain(W, who, { group });
}

const codes = (part: { readonly why: readonly { readonly code: string }[] } | undefined) =>
  part?.why.map(({ code }) => code);

const groupDraft = (displayName: string) => ({
  displayName,
  externalId: null,
  document: JSON.stringify({ displayName }),
});

describe.each(engines)('explain, on %s', (engine) => {
  it('follows a person from the push to the read-back, and out again', async () => {
    const stage = await openStage({ engine, mode: { members: [{ email: 'ana@x.test' }] } });
    await stage.store.access.addConnection({ ...okta, createdAt: 1 });
    const explain = explainOf(stage);
    const writer = { ...okta, requestId: '0193e5a0-0000-7000-8000-000000000001' };
    const ana = await stage.users.create(writer, draftOf('ana', { admin: true }));
    expect(codes((await explain('ana@x.test')).access)).toEqual(['in_progress']);
    const group = await stage.groups.create(writer, groupDraft('Team'), [ana.id]);
    stage.start();
    await stage.quiet();
    const found = await explain('ANA@x.test');
    expect(found.person).toMatchObject({ id: ana.id, connection: 'okta' });
    expect([found.access, found.role].map(({ wanted, has }) => [wanted, has])).toEqual([
      [true, true],
      [true, true],
    ]);
    expect(codes(found.access)).toEqual(['as_wanted']);
    expect(codes(found.role)).toEqual(['as_wanted']);
    expect(found.role.chain.map(({ step, text }) => `${step}: ${text}`)).toEqual([
      'request: The IdP named the admin role.',
      'operation: The bridge made ana@x.test an admin: Mode accepted it.',
    ]);
    expect(found.access.chain[0]?.request).toMatchObject({ id: writer.requestId, method: null });
    const team = found.groups.find(({ id }) => id === group.id);
    expect(codes(team)).toEqual(['as_wanted']);
    expect((await explain('ana@x.test', 'Team')).groups).toHaveLength(1);
    expect((await explain('ana@x.test', group.id)).groups.map(codes)).toEqual([['as_wanted']]);
    expect((await explain('ana@x.test', 'team of nobody')).groups.map(codes)).toEqual([['no_such_group']]);
  });

  it('says what Mode has of people that no IdP pushed', async () => {
    const stage = await openStage({ engine, mode: { members: [{ email: 'own@x.test', admin: true }] } });
    const explain = explainOf(stage);
    const nobody = await explain('none@x.test');
    expect([nobody.person, nobody.account, codes(nobody.access)]).toEqual([null, null, ['not_pushed']]);
    stage.start();
    await stage.quiet();
    await expect.poll(async () => (await explain('own@x.test')).account).toMatchObject({ admin: true });
    const own = await explain('own@x.test');
    expect([own.access.wanted, own.access.has, codes(own.access), codes(own.role)]).toEqual([
      null,
      true,
      ['not_pushed'],
      ['not_pushed'],
    ]);
  });

  it('asks which of several people is meant', async () => {
    const stage = await openStage({ engine });
    const explain = explainOf(stage);
    await stage.users.create(okta, draftOf('one', { email: 'same@x.test' }));
    await stage.users.create(okta, draftOf('two', { email: 'same@x.test' }));
    await expect(explain('same@x.test')).rejects.toMatchObject({ code: 'conflict' });
    expect((await explain('one@x.test')).person).toMatchObject({ userName: 'one@x.test' });
    await expect(explain('  ')).rejects.toMatchObject({ code: 'invalid_value' });
  });

  it('takes a fraction of a second for a person in 100 groups in a long log', async () => {
    const stage = await openStage({ engine });
    const explain = explainOf(stage);
    const ana = await stage.users.create(okta, draftOf('ana'));
    for (let index = 0; index < 100; index += 1)
      await stage.groups.create(okta, groupDraft(`G ${String(index)}`), [ana.id]);
    const found = await explain('ana@x.test');
    expect(found.groups).toHaveLength(100);
    expect(new Set(found.groups.flatMap((group) => codes(group)))).toEqual(new Set(['waits_for_account']));
    expect(found.groups.every(({ chain }) => chain.length === 1)).toBe(true);
  });
});
