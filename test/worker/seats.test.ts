/** A workspace without a free seat: invites wait, and go out when there is room. */
import { expect, it } from 'vitest';
import { TargetError, type Target } from '../../src/provisioning/ports/target.ts';
import { draft, okta, openStage, until, W } from './stage.ts';
import { sentences } from '../../src/provisioning/reason/reason.ts';

const CHECK_MS = 5 * 60_000;

async function fullStage(shown: boolean) {
  const mode = { full: true };
  let full = false;
  const target = (real: Target): Target => ({
    ...real,
    seats: {
      get full() {
        return full;
      },
      read: () => {
        full = mode.full && shown;
        return Promise.resolve(full);
      },
    },
    apply: async (operation) => {
      if (operation.type === 'invite' && mode.full) {
        full = true;
        throw new TargetError('no_seat', 'The seat limit of the workspace is reached.');
      }
      return real.apply(operation);
    },
  });
  const stage = await openStage({ target });
  const user = await stage.users.create(okta, draft('new@x.test'));
  const facts = () => stage.store.provisioning.facts(W);
  const trouble = async () => (await stage.store.status.status(W, 10)).troubled;
  const invited = () => stage.sandbox.control.state().members.some((row) => row.email === 'new@x.test');
  return { stage, mode, user, facts, trouble, invited };
}

it.each([
  ['that Mode shows', true],
  ['that only a refused invite shows', false],
])('invites wait for a seat limit %s, with the reason, and go out by themselves', async (_how, shown) => {
  const { stage, mode, user, facts, trouble, invited } = await fullStage(shown);
  stage.start();
  await until(async () => (await facts()).seatLimitReached === true && (await trouble()).length > 0);
  expect(await trouble()).toMatchObject([{ id: user.id, delivery: 'pending' }]);
  expect(sentences((await trouble())[0]?.reasons ?? [])).toContain('no free seat');
  expect(invited()).toBe(false);
  mode.full = false;
  stage.advance(CHECK_MS);
  await until(invited);
  await stage.quiet();
  expect((await facts()).seatLimitReached).toBe(false);
});
