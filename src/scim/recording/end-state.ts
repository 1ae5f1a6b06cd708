/** The state of Mode after all pushes of a connection to an empty workspace. */
import type { Attributes } from '../../directory/attributes.ts';
import type { Groups } from '../../directory/group/groups.ts';
import type { Page, Position } from '../../directory/query.ts';
import type { User } from '../../directory/user/user.ts';
import type { Users } from '../../directory/user/users.ts';
import { addressesIn } from './anonymous-traffic.ts';
import type { EndState } from './record-traffic.ts';

const PER_PAGE = 1_000;
/** The first member of a simulated workspace. */
const FIRST_ADMIN = { email: 'admin@acme.example', state: 'active', admin: true };

export function createEndState(users: Users, groups: Groups): EndState {
  return async ({ id, workspace }, { text, knows, firstAddresses }) => {
    const mine = (resource: { readonly id: string; readonly ownerId: string | null }) =>
      resource.ownerId === id && knows(resource.id);
    const own = (await all((after) => users.list(workspace, { after, limit: PER_PAGE }))).filter(mine);
    // Mode keeps the address of the invite, which depends on when the invite was accepted.
    const hasMoved = ({ id: userId, document }: User) =>
      firstAddresses(userId) !== addressesIn(JSON.parse(document) as Attributes);
    if (own.some((user) => firstAddresses(user.id) !== undefined && hasMoved(user))) return undefined;
    const people = own
      .filter((user) => user.active)
      .flatMap((user) => (user.email === null ? [] : [{ ...user, email: text(user.email) }]));
    const emails = new Map(people.map((user) => [user.id, user.email]));
    const listed = [];
    for (const group of await all((after) => groups.list(workspace, { after, limit: PER_PAGE }))) {
      if (!mine(group)) continue;
      const members = (await memberIds(groups, group.id)).flatMap((userId) => emails.get(userId) ?? []);
      listed.push({ name: text(group.displayName), members });
    }
    const members = people.map(({ email, admin }) => ({ email, state: 'active', admin: isAdmin(admin) }));
    return {
      note: 'what the IdP wants in the end',
      mode: { members: [FIRST_ADMIN, ...members], groups: listed },
    };
  };
}

function isAdmin(admin: User['admin']): boolean {
  return admin === true;
}

async function memberIds(groups: Groups, groupId: string): Promise<string[]> {
  const found: string[] = [];
  for (let after: string | undefined = ''; after !== undefined;) {
    const page: Awaited<ReturnType<Groups['members']>> = await groups.members(groupId, after, PER_PAGE);
    found.push(...page.map(({ userId }) => userId));
    after = page.length < PER_PAGE ? undefined : page.at(-1)?.userId;
  }
  return found;
}

async function all<T>(list: (after: Position | undefined) => Promise<Page<T>>): Promise<T[]> {
  const found: T[] = [];
  let after: Position | undefined;
  do {
    const page: Page<T> = await list(after);
    found.push(...page.items);
    after = page.end;
  } while (after !== undefined);
  return found;
}
