/** Access that must end does not wait for anything else. */
import { describe, expect, it } from 'vitest';
import type { Operation } from '../../src/provisioning/model/operation.ts';
import type { Target } from '../../src/provisioning/ports/target.ts';
import { callsOf, draft, okta, openStage, until, W } from './stage.ts';

const MINUTE = 60_000;

/** A target whose other calls stand still until they are let go. */
function holdingTarget() {
  const gate = Promise.withResolvers<undefined>();
  const held: string[] = [];
  const applied: Operation[] = [];
  const state = { reads: false };
  const wait = async (what: string) => {
    held.push(what);
    await gate.promise;
  };
  const target = (real: Target): Target => ({
    ...real,
    readGroups: async () => {
      if (state.reads) await wait('readGroups');
      return real.readGroups();
    },
    apply: async (operation) => {
      if (operation.type === 'invite' && operation.email.startsWith('new')) await wait(operation.type);
      applied.push(operation);
      return real.apply(operation);
    },
  });
  return {
    target,
    held,
    applied,
    holdReads: () => {
      state.reads = true;
    },
    letGo: () => {
      state.reads = false;
      gate.resolve(undefined);
    },
  };
}

describe('a leaver is removed at once', () => {
  it('and verified, with hundreds of new hires before them and all places taken by hanging calls', async () => {
    const hold = holdingTarget();
    const stage = await openStage({ target: hold.target });
    const leaver = await stage.users.create(okta, draft('leaver@x.test'));
    stage.start();
    await stage.quiet();
    for (let count = 0; count < 100; count += 1) {
      await stage.users.create(okta, draft(`new${count}@x.test`));
    }
    await until(() => hold.held.length >= 16);
    await stage.users.remove(okta, leaver.id);
    await until(() => hold.applied.some((operation) => operation.type === 'remove_member'));
    expect(
      hold.applied.some((operation) => operation.type === 'invite' && operation.email.startsWith('new')),
    ).toBe(false);
    const delivery = async () => {
      const shown = await stage.store.views.users(W, [leaver.id]);
      return shown.get(leaver.id)?.onMode.delivery.state;
    };
    await until(async () => (await delivery()) === 'applied');
    // While there is other work, what was done is read back once a minute.
    stage.advance(2 * MINUTE);
    await until(async () => (await delivery()) === 'verified');
    hold.letGo();
  });

  it('while all of Mode is read', async () => {
    const hold = holdingTarget();
    const stage = await openStage({ target: hold.target });
    const leaver = await stage.users.create(okta, draft('leaver@x.test'));
    stage.start();
    await stage.quiet();
    hold.holdReads();
    stage.worker.sync.request(false);
    await until(() => hold.held.includes('readGroups'));
    await stage.users.remove(okta, leaver.id);
    await until(() => hold.applied.some((operation) => operation.type === 'remove_member'));
    expect(stage.worker.sync.state.running).not.toBeNull();
    hold.letGo();
  });

  it('but not before Mode was read for the first time', async () => {
    const hold = holdingTarget();
    const stage = await openStage({ target: (real) => ({ ...hold.target(real), readMembers: () => stuck }) });
    const { promise: stuck, reject } = Promise.withResolvers<never>();
    const leaver = await stage.users.create(okta, draft('leaver@x.test'));
    await stage.users.remove(okta, leaver.id);
    stage.start();
    await until(() => stage.worker.sync.state.running !== null);
    expect(callsOf(stage)['DELETE /api/:workspace/memberships/:membership']).toBeUndefined();
    expect(hold.applied).toEqual([]);
    reject(new Error('The test is over.'));
  });
});
