/**
 * An IdP: it remembers the ids that it was given, and says what it wants in the words of Okta or Entra. What gets no
 * answer, or one that says "later", it says again.
 */
import { TOKENS } from '../acceptance/boot.ts';
import type { Answer } from './bridge.ts';
import type { Group, Person } from './model.ts';
import type { World } from './world.ts';

export const DIALECTS = ['okta', 'okta-aiw', 'entra', 'entra-flag'] as const;
export type Dialect = (typeof DIALECTS)[number];

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const TRIES = 20;
const RETRY_MS = 60_000;

export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly answer: Answer;
}

export interface Idp {
  readonly ids: ReadonlyMap<string, string>;
  /** The IdP links what it finds by its name, else creates it, and makes it as wanted. */
  pushPerson(person: Person, dialect: Dialect): Promise<void>;
  /** Tells what has changed. */
  updatePerson(person: Person, changed: readonly Changed[], dialect: Dialect): Promise<void>;
  deletePerson(person: Person): Promise<void>;
  pushGroup(group: Group, dialect: Dialect): Promise<void>;
  renameGroup(group: Group, dialect: Dialect): Promise<void>;
  changeMembers(group: Group, change: MemberChange, dialect: Dialect): Promise<void>;
  deleteGroup(group: Group): Promise<void>;
  read(path: string): Promise<unknown>;
}

export type Changed = 'active' | 'userName' | 'email' | 'admin';

export type MemberChange =
  { readonly kind: 'add' | 'remove'; readonly keys: readonly string[] } | { readonly kind: 'replace' };

/** @param heard is told of every request and answer */
export function createIdp(world: World, heard: (sent: Sent) => void): Idp {
  const ids = new Map<string, string>();

  /** @returns the first answer that is none of "later" */
  async function send(method: string, path: string, body?: unknown): Promise<Answer> {
    for (let count = 0; count < TRIES; count += 1) {
      const answer = await world.send('public', {
        method,
        path: `/scim/v2${path}`,
        headers: {
          authorization: `Bearer ${TOKENS.scim}`,
          ...(body === undefined ? {} : { 'content-type': 'application/scim+json; charset=utf-8' }),
        },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      if (answer !== undefined && answer.status < 500 && answer.status !== 429) {
        heard({ method, path, body, answer });
        return answer;
      }
      await world.pass(RETRY_MS);
      await world.revive();
    }
    throw new Error(`${method} ${path} gets no answer.`);
  }

  async function expectOk(method: string, path: string, body?: unknown): Promise<Answer> {
    const answer = await send(method, path, body);
    if (answer.status > 299)
      throw new Error(`${method} ${path} was answered ${answer.status}: ${answer.text}`);
    return answer;
  }

  async function lookUp(path: string, name: string, value: string): Promise<string | undefined> {
    const filter = encodeURIComponent(`${name} eq "${value}"`);
    const { text } = await expectOk('GET', `${path}?filter=${filter}&startIndex=1&count=100`);
    return (JSON.parse(text) as { Resources?: { id: string }[] }).Resources?.[0]?.id;
  }

  function idOf(key: string): string {
    const id = ids.get(key);
    if (id === undefined) throw new Error(`The IdP has not pushed ${key}.`);
    return id;
  }

  /** An answer that was lost may have been a success: then it is there. */
  async function create(path: string, name: string, value: string, body: unknown): Promise<string> {
    const answer = await send('POST', path, body);
    if (answer.status === 201) return (JSON.parse(answer.text) as { id: string }).id;
    const id = answer.status === 409 ? await lookUp(path, name, value) : undefined;
    if (id === undefined) throw new Error(`POST ${path} was answered ${answer.status}: ${answer.text}`);
    return id;
  }

  /** What was deleted is gone when the answer was lost. */
  async function remove(path: string, key: string): Promise<void> {
    const answer = await send('DELETE', `${path}/${idOf(key)}`);
    if (answer.status > 299 && answer.status !== 404)
      throw new Error(`DELETE ${path} was answered ${answer.status}: ${answer.text}`);
    ids.delete(key);
  }

  const patch = (path: string, operations: readonly object[]) =>
    expectOk('PATCH', path, { schemas: [PATCH], Operations: operations });

  const membersOf = (keys: Iterable<string>) => [...keys].flatMap((key) => ids.get(key) ?? []);

  return {
    ids,
    read: async (path) => JSON.parse((await expectOk('GET', path)).text) as unknown,

    pushPerson: async (person, dialect) => {
      const found = ids.get(person.key) ?? (await lookUp('/Users', 'userName', person.userName));
      if (found === undefined) {
        ids.set(person.key, await create('/Users', 'userName', person.userName, userBody(person, dialect)));
        return;
      }
      ids.set(person.key, found);
      if (dialect.startsWith('okta'))
        await expectOk('PUT', `/Users/${found}`, userBody(person, dialect, found));
      else await patch(`/Users/${found}`, userOperations(person, ALL, dialect));
    },

    updatePerson: async (person, changed, dialect) => {
      const path = `/Users/${idOf(person.key)}`;
      const alone = changed.length === 1 && changed[0] === 'active';
      if (dialect === 'okta-aiw' || (dialect === 'okta' && !alone))
        await expectOk('PUT', path, userBody(person, dialect, idOf(person.key)));
      else if (dialect === 'okta') await patch(path, [{ op: 'replace', value: { active: person.active } }]);
      else await patch(path, userOperations(person, changed, dialect));
    },

    deletePerson: (person) => remove('/Users', person.key),

    pushGroup: async (group, dialect) => {
      const members = membersOf(group.members).map((value) => ({ value }));
      const found = await lookUp('/Groups', 'displayName', group.name);
      if (found === undefined) {
        const body = { schemas: [GROUP], displayName: group.name };
        const all = dialect.startsWith('okta') ? { ...body, members } : body;
        ids.set(group.key, await create('/Groups', 'displayName', group.name, all));
        if (!dialect.startsWith('okta') && members.length > 0)
          await patch(`/Groups/${idOf(group.key)}`, [{ op: 'Add', path: 'members', value: members }]);
        return;
      }
      ids.set(group.key, found);
      await patch(`/Groups/${found}`, [{ op: 'replace', path: 'members', value: members }]);
    },

    renameGroup: async (group, dialect) => {
      const id = idOf(group.key);
      const path = `/Groups/${id}`;
      const members = membersOf(group.members).map((value) => ({ value }));
      if (dialect === 'okta-aiw')
        await expectOk('PUT', path, { schemas: [GROUP], id, displayName: group.name, members });
      else if (dialect === 'okta')
        await patch(path, [{ op: 'replace', value: { id, displayName: group.name } }]);
      else await patch(path, [{ op: op('replace', dialect), path: 'displayName', value: group.name }]);
    },

    changeMembers: async (group, change, dialect) => {
      const id = idOf(group.key);
      const path = `/Groups/${id}`;
      const members = membersOf(group.members).map((value) => ({ value }));
      if (dialect === 'okta-aiw') {
        await expectOk('PUT', path, { schemas: [GROUP], id, displayName: group.name, members });
      } else if (change.kind === 'replace') {
        await patch(path, [{ op: op('replace', dialect), path: 'members', value: members }]);
      } else {
        const values = membersOf(change.keys);
        if (values.length === 0) return;
        const list = values.map((value) => ({ value }));
        const byPath = values.map((value) => ({ op: 'remove', path: `members[value eq "${value}"]` }));
        if (change.kind === 'add')
          await patch(path, [{ op: op('add', dialect), path: 'members', value: list }]);
        else if (dialect === 'entra') await patch(path, [{ op: 'Remove', path: 'members', value: list }]);
        else await patch(path, byPath);
      }
    },

    deleteGroup: (group) => remove('/Groups', group.key),
  };
}

const ALL: readonly Changed[] = ['userName', 'email', 'admin', 'active'];

function op(name: 'add' | 'replace' | 'remove', dialect: Dialect): string {
  return dialect === 'entra' ? name.charAt(0).toUpperCase() + name.slice(1) : name;
}

function userBody(person: Person, dialect: Dialect, id?: string): object {
  const { userName, email, active, admin, key } = person;
  const role =
    admin === null
      ? {}
      : dialect === 'okta'
        ? { role: admin ? 'admin' : '' }
        : { roles: admin ? [{ primary: true, value: 'admin' }] : [] };
  return {
    schemas: [USER],
    ...(id === undefined ? {} : { id }),
    externalId: `ext-${key}`,
    userName,
    name: { givenName: key, familyName: 'Doe' },
    emails: [{ primary: true, value: email, type: 'work' }],
    active: dialect === 'entra' ? (active ? 'True' : 'False') : active,
    ...role,
  };
}

function userOperations(person: Person, changed: readonly Changed[], dialect: Dialect): object[] {
  const replace = op('replace', dialect);
  const { userName, email, active, admin } = person;
  return changed.flatMap((name): object[] => {
    switch (name) {
      case 'active': {
        const value = dialect === 'entra' ? (active ? 'True' : 'False') : active;
        return [{ op: replace, path: 'active', value }];
      }
      case 'userName':
        return [{ op: replace, path: 'userName', value: userName }];
      case 'email':
        return [{ op: replace, path: 'emails[type eq "work"].value', value: email }];
      case 'admin':
        return admin === null
          ? []
          : [{ op: replace, path: 'roles', value: admin ? [{ primary: true, value: 'admin' }] : [] }];
    }
  });
}
