/** A person who is not wanted any more leaves Mode, whatever happened to others a moment before. */
import { describe, expect, it } from 'vitest';
import { TargetError } from '../../src/provisioning/ports/target.ts';
import { callsOf, draft, okta, openStage, until, W, type Stage } from './stage.ts';

const NOBODY_ACCEPTS = { auto_accept_seconds: -1 };
const MINUTE = 60_000;
const NAMES = ['ann', 'ben', 'cyd'];

const stateOf = (stage: Stage, email: string) =>
  stage.sandbox.control.state().members.find((member) => member.email === email)?.state ?? 'gone';
const delivery = async (stage: Stage, id: string) =>
  (await stage.store.views.user(W, id))?.onMode.delivery ?? { state: null, reason: null };

/** Pushes a person and waits until they have accepted the invite. */
async function join(stage: Stage, email: string, more: Parameters<typeof draft>[1] = {}) {
  const { id } = await stage.users.create(okta, draft(email, more));
  await stage.quiet();
  stage.sandbox.control.acceptInvites();
  stage.worker.sync.request(false);
  await until(async () => (await stage.store.views.user(W, id))?.onMode.state === 'active');
  await stage.quiet();
  return id;
}

describe('within ten minutes, one after the other', () => {
  it('everybody who joins and leaves is removed, and Mode is given no signature token', async () => {
    const stage = await openStage({ settings: NOBODY_ACCEPTS });
    stage.start();
    for (const name of NAMES) {
      const email = `${name}@x.test`;
      const id = await join(stage, email);
      await stage.users.update(okta, id, () => draft(email, { active: false }));
      await until(() => stateOf(stage, email) !== 'active');
      await stage.quiet();
      expect(await delivery(stage, id)).toMatchObject({ state: 'verified', reason: null });
      stage.advance(MINUTE);
    }
    expect(callsOf(stage)[`POST /batch/${W}/signature_tokens`]).toBeUndefined();
  });

  it('everybody who joins as an admin becomes one', async () => {
    const stage = await openStage({ settings: NOBODY_ACCEPTS });
    stage.start();
    for (const name of NAMES) {
      const id = await join(stage, `${name}@x.test`, { admin: true });
      expect((await stage.store.views.user(W, id))?.onMode).toMatchObject({
        admin: true,
        delivery: { state: 'verified' },
      });
      stage.advance(MINUTE);
    }
  });
});

describe('a removal that the bridge could not make', () => {
  it('is tried again by itself within minutes', async () => {
    const failing = { times: 2 };
    const stage = await openStage({
      settings: NOBODY_ACCEPTS,
      target: (real) => ({
        ...real,
        capabilities: real.capabilities,
        apply: (operation) => {
          if (operation.type !== 'remove_member' || failing.times === 0) return real.apply(operation);
          failing.times -= 1;
          return Promise.reject(new TargetError('forbidden', 'Nothing shows the membership.'));
        },
      }),
    });
    stage.start();
    const id = await join(stage, 'ann@x.test');
    await stage.users.update(okta, id, () => draft('ann@x.test', { active: false }));
    await until(async () => (await delivery(stage, id)).state === 'blocked');
    expect(await stage.store.tasks.list(W, { closed: false, limit: 10 })).toMatchObject([
      { action: 'remove_member', triedAt: null },
    ]);
    stage.advance(2 * MINUTE);
    await until(() => failing.times === 0);
    await until(async () => (await stage.store.status.status(W, 0)).jobs.parked === 1);
    stage.advance(3 * MINUTE);
    await until(() => stateOf(stage, 'ann@x.test') !== 'active');
    await stage.quiet();
    expect(await delivery(stage, id)).toMatchObject({ state: 'verified', reason: null });
    expect(await stage.store.tasks.count(W)).toBe(0);
  });
});
