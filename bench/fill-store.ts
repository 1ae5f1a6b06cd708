/** Fills a database with people and groups by the directory's own port, without a job for each. */
import { openStore } from '../src/store/open-store.ts';
import { readUser } from '../src/scim/codec/read-user.ts';
import type { DirectoryStep } from '../src/directory/directory-store.ts';
import { membersOfGroups, personOf, type Scale } from './scale.ts';

const STEPS_A_WRITE = 1_000;
const WORKSPACE = 'bench';

/** Ids are `user-0`, `group-0` and so on. */
export async function fillStore(url: string, scale: Scale): Promise<void> {
  const { users, groups } = scale;
  const members = membersOfGroups(scale);
  const store = openStore(url);
  await store.migrate();
  let steps: DirectoryStep[] = [];
  const commit = async () => {
    const result = await store.directory.commit({
      workspace: WORKSPACE,
      at: 1,
      steps,
      changes: [],
      subjects: [],
    });
    if (result !== 'committed') throw new Error(`The database could not be filled: ${result}`);
    steps = [];
  };
  const add = async (step: DirectoryStep) => {
    steps.push(step);
    if (steps.length === STEPS_A_WRITE) await commit();
  };
  const common = { workspace: WORKSPACE, ownerId: 'default', version: 1 };
  for (let index = 0; index < users; index += 1) {
    const at = { createdAt: index, updatedAt: index };
    const { emails, ...person } = readUser(personOf(index));
    await add({ step: 'create_user', user: { ...person, ...common, ...at, id: `user-${index}` }, emails });
  }
  for (const [index, size] of groups.entries()) {
    const id = `group-${index}`;
    const displayName = `Group of ${size} (${index})`;
    const at = { createdAt: index, updatedAt: index };
    await add({
      step: 'create_group',
      group: {
        ...common,
        ...at,
        id,
        displayName,
        externalId: null,
        document: JSON.stringify({ displayName }),
      },
    });
    await add({
      step: 'add_members',
      groupId: id,
      userIds: (members[index] ?? []).map((number) => `user-${number}`),
    });
  }
  await commit();
  await store.close();
}
