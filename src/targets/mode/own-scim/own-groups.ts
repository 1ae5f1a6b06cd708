/** Groups through Mode's own SCIM, found by name. */
import { TargetError } from '../../../provisioning/ports/target.ts';
import { fieldsOf, textOf } from '../mode-json.ts';
import { RouteNotApplicable } from '../mode-routes.ts';
import type { OwnPeople } from './own-people.ts';
import type { Resource, ScimServer } from './scim-server.ts';

const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';

export interface OwnGroups {
  create(name: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Does nothing when the group does not exist. */
  remove(name: string): Promise<void>;
  addMember(name: string, email: string): Promise<void>;
  removeMember(name: string, email: string): Promise<void>;
  /** Changes all members in one call, with the ids of `OwnPeople`. @throws RouteNotApplicable for an unknown group */
  changeMembers(
    name: string,
    change: { readonly add: readonly string[]; readonly remove: readonly string[] },
  ): Promise<void>;
}

export function createOwnGroups(server: ScimServer, people: OwnPeople): OwnGroups {
  async function find(name: string): Promise<Resource | undefined> {
    const found = await server.find('Groups', 'displayName', name);
    const exact = found.filter((group) => textOf(group['displayName']) === name);
    if (exact.length > 1)
      throw new RouteNotApplicable(`Mode's own SCIM has ${exact.length} groups named "${name}".`);
    return exact[0];
  }

  async function known(name: string): Promise<Resource> {
    const group = await find(name);
    if (group === undefined)
      throw new RouteNotApplicable(`Mode's own SCIM does not know the group "${name}".`);
    return group;
  }

  return {
    create: async (name) => {
      if ((await find(name)) !== undefined) return;
      await server.create('Groups', { schemas: [GROUP], displayName: name, members: [] });
    },
    rename: async (from, to) => {
      const { id } = await known(from);
      await server.patch('Groups', id, [{ op: 'replace', path: 'displayName', value: to }]);
      if (textOf((await server.read('Groups', id))['displayName']) === to) return;
      const message = `Mode's own SCIM accepted the name "${to}", but did not change it.`;
      throw new TargetError('forbidden', message, { answered: true });
    },
    remove: async (name) => {
      const group = await find(name);
      if (group !== undefined) await server.remove('Groups', group.id);
    },
    addMember: async (name, email) => {
      const [{ id }, value] = [await known(name), await people.idOf(email)];
      await server.patch('Groups', id, [{ op: 'add', path: 'members', value: [{ value }] }]);
    },
    removeMember: async (name, email) => {
      const [{ id, members }, value] = [await known(name), await people.idOf(email)];
      // A server that does not return members may still have this one.
      const listed = Array.isArray(members) ? members.map((member) => fieldsOf(member)['value']) : [value];
      if (!listed.includes(value)) return;
      await server.patch('Groups', id, [{ op: 'remove', path: memberPath(value) }]);
    },
    changeMembers: async (name, { add, remove }) => {
      const { id } = await known(name);
      const additions = add.map((value) => ({ value }));
      await server.patch('Groups', id, [
        ...remove.map((value) => ({ op: 'remove', path: memberPath(value) }) as const),
        ...(additions.length === 0 ? [] : [{ op: 'add', path: 'members', value: additions } as const]),
      ]);
    },
  };
}

function memberPath(id: string): string {
  return `members[value eq ${JSON.stringify(id)}]`;
}
