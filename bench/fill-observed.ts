/** Makes Mode have what the directory wants: every person a member, every group linked, every membership seen. */
import { openStore } from '../src/store/open-store.ts';
import { membersOfGroups, personOf, type Scale } from './scale.ts';

const WORKSPACE = 'bench';
const ROWS_A_WRITE = 2_000;

export async function fillObserved(url: string, scale: Scale): Promise<void> {
  const store = openStore(url);
  const record = (seen: object) => store.provisioning.record({ workspace: WORKSPACE, at: 1, ...seen });
  for (let from = 0; from < scale.users; from += ROWS_A_WRITE) {
    const indexes = Array.from(
      { length: Math.min(ROWS_A_WRITE, scale.users - from) },
      (_, place) => from + place,
    );
    const members = indexes.map((index) => ({
      accountId: `member-${index}`,
      membershipId: `membership-${index}`,
      username: `person${index}`,
      email: personOf(index).userName,
      name: personOf(index).displayName,
      state: 'active',
      admin: index % 1_000 === 0,
      managedElsewhere: false,
      writtenAt: null,
    }));
    const links = indexes.map((index) => ({
      subject: { kind: 'user', id: `user-${index}` },
      token: `member-${index}`,
    }));
    await record({ members: { upsert: members, remove: [] }, links });
  }
  for (const [index, people] of membersOfGroups(scale).entries()) {
    const targetGroupId = `token-${index}`;
    const upsert = people.map((person) => ({
      targetGroupId,
      accountId: `member-${person}`,
      groupMembershipId: `${index}-${person}`,
      writtenAt: null,
    }));
    await record({
      groups: {
        upsert: [{ token: targetGroupId, name: `g${index}`, writable: true, writtenAt: null }],
        remove: [],
      },
      groupMembers: { upsert, remove: [] },
      links: [{ subject: { kind: 'group', id: `group-${index}` }, token: targetGroupId }],
    });
  }
  await store.close();
}
