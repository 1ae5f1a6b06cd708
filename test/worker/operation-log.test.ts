import { describe, expect, it } from 'vitest';
import type { Subject } from '../../src/directory/subject.ts';
import { TargetError } from '../../src/provisioning/ports/target.ts';
import { engines } from '../databases.ts';
import { draftOf } from '../feed/world.ts';
import { okta, openStage, W, type Stage } from './stage.ts';

async function operationsOf({ store }: Stage, subject: Subject) {
  const entries = await store.explain.history(W, subject, 100);
  return entries
    .filter(({ change }) => change.kind.startsWith('operation.'))
    .map(({ change, txn }) => ({ kind: change.kind, data: change.data, txn }))
    .toReversed();
}

describe.each(engines)('the operations in the change log, on %s', (engine) => {
  it('have the call to Mode and its answer, and the feed does not show them', async () => {
    const stage = await openStage({ engine, mode: { members: [{ email: 'ana@x.test', admin: false }] } });
    const ana = await stage.users.create(okta, draftOf('ana', { admin: true }));
    const bo = await stage.users.create(okta, draftOf('bo'));
    const group = await stage.groups.create(
      okta,
      { displayName: 'Team', externalId: null, document: '{"displayName":"Team"}' },
      [ana.id],
    );
    stage.start();
    await stage.quiet();
    const [admin] = await operationsOf(stage, { kind: 'user', id: ana.id });
    expect(admin).toMatchObject({
      kind: 'operation.applied',
      data: { operation: 'set_admin', person: 'ana@x.test', changed: { admin: { from: false, to: true } } },
    });
    const [invite] = await operationsOf(stage, { kind: 'user', id: bo.id });
    expect(invite).toMatchObject({
      kind: 'operation.applied',
      data: { operation: 'invite', person: 'bo@x.test', changed: { state: { from: null, to: 'invited' } } },
    });
    const ofGroup = await operationsOf(stage, { kind: 'group', id: group.id });
    expect(ofGroup.map(({ data }) => data)).toMatchObject([
      { operation: 'create_group', group: 'Team', groupToken: expect.any(String) as string },
      { operation: 'add_group_member', person: 'ana@x.test', group: 'Team' },
    ]);

    // In the transaction that records what it did.
    const entries = await stage.store.explain.history(W, { kind: 'group', id: group.id }, 100);
    const txns = entries.filter(({ txn }) => txn === ofGroup[1]?.txn).map(({ change }) => change.kind);
    expect(txns.toSorted()).toEqual(['mode.group_member_added', 'operation.applied']);
    const shown = await stage.store.feed.changesAfter(W, 0, 1_000);
    expect(shown.filter(({ kind }) => kind.startsWith('operation.'))).toEqual([]);
    expect(shown.length).toBeGreaterThan(5);
    const one = await stage.store.explain.memberHistory(W, [ana.id], 100);
    expect(one.map(({ change }) => change.kind)).toEqual(['group.member_added']);
  });

  it('have a refusal with the words of Mode', async () => {
    const stage = await openStage({
      engine,
      target: (real) => ({
        ...real,
        apply: () => Promise.reject(new TargetError('refused', 'No such domain.', { status: 422 })),
      }),
    });
    const { id } = await stage.users.create(okta, draftOf('ana'));
    stage.start();
    await expect
      .poll(async () => (await operationsOf(stage, { kind: 'user', id })).length)
      .toBeGreaterThan(0);
    const [refused] = await operationsOf(stage, { kind: 'user', id });
    expect(refused).toMatchObject({
      kind: 'operation.refused',
      data: { operation: 'invite', person: 'ana@x.test', answer: 'refused', message: 'No such domain.' },
    });
  });
});
