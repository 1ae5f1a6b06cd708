/** Many members of a group go in one call where the target can; what it leaves is done one by one. */
import { expect, it } from 'vitest';
import type { GroupChange, Target } from '../../src/provisioning/ports/target.ts';
import { draft, groupDraft, okta, openStage } from './stage.ts';

const AT_ONCE = 4;

async function pushed(apply: (change: GroupChange) => readonly string[]) {
  const changes: GroupChange[] = [];
  const target = (real: Target): Target => ({
    ...real,
    changeMembers: {
      atOnce: AT_ONCE,
      apply: async (change) => {
        changes.push(change);
        const done = apply(change);
        const { targetGroupId } = change;
        for (const accountId of done) {
          await real.apply({ type: 'add_group_member', targetGroupId, accountId });
        }
        return new Set(done);
      },
    },
  });
  const emails = Array.from({ length: 10 }, (_none, at) => `p${at}@x.test`);
  const mode = { members: emails.map((email) => ({ email, state: 'active' as const })) };
  const stage = await openStage({ target, mode });
  const users = [];
  for (const email of emails) users.push(await stage.users.create(okta, draft(email)));
  await stage.groups.create(
    okta,
    groupDraft('Data'),
    users.map((user) => user.id),
  );
  stage.start();
  await stage.quiet();
  const group = stage.sandbox.control.state().groups?.find((row) => row.name === 'Data');
  return { changes, group };
}

it('ten members go in three calls of four at most', async () => {
  const { changes, group } = await pushed(({ add }) => add);
  expect(changes.map((change) => change.add.length)).toEqual([4, 4, 2]);
  expect(group?.members).toHaveLength(10);
});

it('members that the target skips are added one by one', async () => {
  const { group } = await pushed(({ add }) => add.slice(1));
  expect(group?.members).toHaveLength(10);
});

it('a target that does nothing together is not asked for each batch', async () => {
  const { changes, group } = await pushed(() => []);
  expect(changes).toHaveLength(1);
  expect(group?.members).toHaveLength(10);
});
