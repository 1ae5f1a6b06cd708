/** Connections, as operators see and set them up. */
import { newConnectionId } from '../directory/access/align-connections.ts';
import type { ConnectionStore, Owned } from '../directory/access/connection-store.ts';
import {
  CONNECTION_NAME,
  CONNECTION_STATES,
  type Connection,
  type ConnectionState,
} from '../directory/access/connection.ts';
import type { IdpProfileStore, Pins } from '../directory/access/idp-profile.ts';
import { readPins } from '../directory/access/read-pins.ts';
import type { TokenStore } from '../directory/access/token.ts';
import type { DirectoryStore } from '../directory/directory-store.ts';
import type { Clock } from '../clock.ts';
import { BridgeError } from '../errors.ts';
import type { JobStore } from '../provisioning/ports/job-store.ts';
import { counted } from './counted.ts';
import { releaseOwned, revokeTokens, type Released } from './release-owned.ts';

/** The parts of connections that the configuration decides, and operators cannot change. */
export interface ConnectionRules {
  /** The file that lists all connections; undefined: operators add and remove them. */
  readonly file: string | undefined;
  /** Whether the file or the environment describes the connection, so that every start creates it. */
  isDescribed(workspace: string, name: string): boolean;
  /** The setting that decides the state of the connection; undefined: operators do. */
  stateSetting(workspace: string, name: string): string | undefined;
  /** Whether the file pins the profile of the connection. */
  isPinned(workspace: string, name: string): boolean;
}

/** `by` names the person in the change log. */
export interface Connections {
  /** The slugs of the workspaces that have a connection. */
  workspaces(): Promise<readonly string[]>;
  /**
   * The workspace of this slug; when none is given, the only one.
   * @throws BridgeError not_found; invalid_value when there are several and none is given
   */
  workspace(slug?: string): Promise<string>;
  /** @throws BridgeError not_found */
  list(workspace?: string): Promise<readonly Connection[]>;
  /**
   * The connection of this name or id; when none is given, the only one.
   * @throws BridgeError not_found; invalid_value when several fit
   */
  find(workspace?: string, name?: string): Promise<Connection>;
  /** @throws BridgeError not_found, invalid_value; conflict when there is one of that name, or a file lists them all */
  add(workspace: string | undefined, name: string, state: string, by?: string): Promise<Connection>;
  /** @throws BridgeError conflict when the configuration decides the state */
  assertStateIsFree(connection: Connection): void;
  /** @throws BridgeError not_found, invalid_value; conflict when the configuration decides the state */
  setState(connection: Connection, state: ConnectionState, by?: string): Promise<Connection>;
  /**
   * Removes a connection and revokes its tokens. With `release`, its active users and its groups stay in the directory
   * without an owner, and users that the IdP deactivated are deleted from it. Nothing is changed on the target.
   * @returns what was released
   * @throws BridgeError conflict when it owns anything and `release` is not set, when people must still lose access
   * through it, or when the configuration describes it
   */
  remove(
    connection: Connection,
    options: { readonly release: boolean; readonly by?: string },
  ): Promise<Released>;
  /**
   * Pins the IdP of a connection, and the shapes of answers that its client needs.
   * @param names one IdP, shapes of answers, or both; `auto` pins nothing
   * @throws BridgeError invalid_value; conflict when the configuration pins the connection
   */
  pinProfile(connection: Connection, names: readonly string[]): Promise<Pins>;
}

interface Sources {
  readonly access: ConnectionStore & TokenStore;
  readonly directory: Pick<DirectoryStore, 'commit' | 'group' | 'groupsOf' | 'user'>;
  readonly idp: Pick<IdpProfileStore, 'pin'>;
  readonly provisioning: Pick<JobStore, 'unparkJobs'>;
  /** The name of a workspace's target, for messages. */
  readonly labelOf: (workspace: string) => string;
  readonly clock: Clock;
  readonly rules: ConnectionRules;
}

export function createConnections({
  access,
  directory,
  idp,
  provisioning,
  labelOf,
  clock,
  rules,
}: Sources): Connections {
  async function workspaces(): Promise<readonly string[]> {
    return [...new Set((await access.connections()).map(({ workspace }) => workspace))];
  }

  async function workspaceOf(slug?: string): Promise<string> {
    const known = await workspaces();
    const [only] = known;
    if (only === undefined)
      throw new BridgeError(
        'not_found',
        'The database knows no workspace yet: run "serve", or "sync --once", first.',
      );
    if (slug !== undefined && !known.includes(slug))
      throw new BridgeError('not_found', `There is no workspace "${slug}". There are: ${known.join(', ')}.`);
    if (slug === undefined && known.length > 1)
      throw new BridgeError(
        'invalid_value',
        `There are several workspaces. Choose one with --workspace: ${known.join(', ')}.`,
      );
    return slug ?? only;
  }

  async function list(workspace?: string): Promise<readonly Connection[]> {
    if (workspace !== undefined) await workspaceOf(workspace);
    const all = await access.connections();
    return workspace === undefined ? all : all.filter((connection) => connection.workspace === workspace);
  }

  function assertNoFile(): void {
    if (rules.file === undefined) return;
    throw new BridgeError(
      'conflict',
      `The file ${rules.file} lists the connections: change it there, and start the bridge again.`,
    );
  }

  function assertStateIsFree({ workspace, name }: Connection): void {
    assertNoFile();
    const setting = rules.stateSetting(workspace, name);
    if (setting === undefined) return;
    throw new BridgeError(
      'conflict',
      `${setting} decides the state of this connection: change the setting and start the bridge again, or remove it.`,
    );
  }

  return {
    workspaces,
    workspace: workspaceOf,
    list,

    find: async (workspace, name) => {
      const all = await list(workspace);
      const fitting = all.filter((one) => name === undefined || one.name === name || one.id === name);
      const [found, ...others] = fitting;
      if (found !== undefined && others.length === 0) return found;
      if (all.length === 0) await workspaceOf();
      const known = (found === undefined ? all : fitting).map((one) => `${one.name} of ${one.workspace}`);
      throw found === undefined
        ? new BridgeError(
            'not_found',
            `There is no connection "${name ?? ''}". There are: ${known.join(', ')}.`,
          )
        : new BridgeError(
            'invalid_value',
            `Several connections match. Choose one with ${name === undefined ? '--connection and ' : ''}--workspace: ${known.join(', ')}.`,
          );
    },

    add: async (slug, name, state, by) => {
      assertNoFile();
      const workspace = await workspaceOf(slug);
      if (!CONNECTION_NAME.test(name))
        throw new BridgeError(
          'invalid_value',
          'The name expects up to 64 letters, digits, - and _, e.g. okta.',
        );
      const all = await access.connections();
      // The configuration file ignores case, too, so two names must differ in more than case.
      const taken = all.find(
        (other) => other.workspace === workspace && other.name.toLowerCase() === name.toLowerCase(),
      );
      if (taken !== undefined)
        throw new BridgeError(
          'conflict',
          `The workspace ${workspace} has a connection "${taken.name}" already. Upper and lower case make no difference.`,
        );
      const id = newConnectionId(workspace, name, new Set(all.map((other) => other.id)));
      const connection = { id, workspace, name, state: stateOf(state) };
      await access.addConnection({ ...connection, createdAt: clock.now() }, by);
      return connection;
    },

    assertStateIsFree,

    setState: async (connection, state, by) => {
      assertStateIsFree(connection);
      if (!(await access.saveState(connection.id, state, { by, at: clock.now() })))
        throw new BridgeError('not_found', `The connection "${connection.name}" does not exist any more.`);
      // Held operations are planned again, in the new state.
      await provisioning.unparkJobs(connection.workspace, clock.now());
      return { ...connection, state };
    },

    remove: async (connection, { release, by }) => {
      const { id, name, workspace } = connection;
      if (rules.isDescribed(workspace, name)) {
        assertNoFile();
        throw new BridgeError(
          'conflict',
          `The environment describes the connection "${name}", so every start makes it again: pause it instead.`,
        );
      }
      assertRemovable(connection, await access.owned(id), { release, label: labelOf(workspace) });
      await revokeTokens(access, clock, id, by);
      const released = await releaseOwned({ access, directory, clock }, connection);
      if (await access.removeConnection(id, { by, at: clock.now() })) return released;
      throw new BridgeError('conflict', `The connection "${name}" was written meanwhile: remove it again.`);
    },

    pinProfile: async (connection, names) => {
      const pins = readPins(names);
      if (rules.isPinned(connection.workspace, connection.name)) assertNoFile();
      await idp.pin(connection.id, pins, clock.now());
      return pins;
    },
  };
}

function assertRemovable(
  { name, state }: Connection,
  owned: Owned,
  { release, label }: { readonly release: boolean; readonly label: string },
): void {
  const { users, groups, leaving } = owned;
  if (users + groups + leaving > 0 && !release) {
    throw new BridgeError(
      'conflict',
      `The connection "${name}" owns ${counted(users, 'user')} and ${counted(groups, 'group')}. With --release they stay in ${label} and belong to no connection until another one pushes them. To take them out of ${label}, have the IdP remove them first.`,
    );
  }
  if (leaving > 0 && state === 'live') {
    throw new BridgeError(
      'conflict',
      `The IdP deactivated or deleted ${counted(leaving, 'user')} of the connection "${name}" who still have access: wait until "status" shows no job, or pause the connection first to let them keep it.`,
    );
  }
}

function stateOf(text: string): ConnectionState {
  const state = CONNECTION_STATES.find((candidate) => candidate === text);
  if (state !== undefined) return state;
  const known = CONNECTION_STATES.join(', ');
  throw new BridgeError('invalid_value', `"${text}" is not a state of a connection. Use one of: ${known}.`);
}
