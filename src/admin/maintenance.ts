/** What operators do from the command line, on the ports that the bridge itself uses. */
import type { Clock } from '../clock.ts';
import type { ConnectionStore } from '../directory/access/connection-store.ts';
import { TOKEN_KINDS, type Token, type TokenKind, type TokenStore } from '../directory/access/token.ts';
import { createToken, DEFAULT_CONNECTION } from '../directory/access/tokens.ts';
import type { Pins } from '../directory/access/idp-profile.ts';
import { readPins } from '../directory/access/read-pins.ts';
import { BridgeError } from '../errors.ts';
import { readStatus, type Status, type StatusSources } from './admin-routes.ts';
import { viewTask, type TaskView } from './task-view.ts';
import { closeTask, MAX_TASKS } from './workspace-routes.ts';

export interface Maintenance {
  /** @throws BridgeError invalid_value, not_found */
  createToken(
    kind: string,
    connectionId: string | undefined,
    label: string,
  ): Promise<{ token: Token; text: string }>;
  listTokens(): Promise<readonly Token[]>;
  /** @throws BridgeError not_found */
  revokeToken(id: string): Promise<void>;
  /** One for each workspace that has a connection. */
  status(): Promise<readonly Status[]>;
  /**
   * Says which IdP a connection is of; `auto` leaves it to what the traffic looks like.
   * @throws BridgeError invalid_value, not_found
   */
  /** @param names of one IdP, or of shapes of answers, or of both; `auto` pins nothing */
  pinProfile(connectionId: string, names: readonly string[]): Promise<Pins>;
  /** Of every workspace that has a connection. */
  listTasks(options: { readonly closed: boolean }): Promise<readonly TaskView[]>;
  /** @throws BridgeError not_found */
  closeTask(id: string): Promise<void>;
  /** Has a bridge that runs look at what can be done, within seconds. @returns the workspaces */
  probe(): Promise<readonly string[]>;
  /** Signs SCIM events with a new key from now on. @returns its id @throws BridgeError invalid_value */
  rotateEventKey(): Promise<string>;
}

interface MaintenanceSources extends StatusSources {
  readonly access: ConnectionStore & TokenStore;
  readonly eventKeys: { readonly rotate: () => Promise<string> };
}

export function createMaintenance(
  { access, eventKeys, ...sources }: MaintenanceSources,
  clock: Clock,
): Maintenance {
  async function workspaces(): Promise<readonly string[]> {
    return [...new Set((await access.connections()).map((connection) => connection.workspace))];
  }

  async function assertConnection(id: string): Promise<void> {
    if ((await access.connection(id)) !== undefined) return;
    const known =
      (await access.connections()).map((connection) => connection.id).join(', ') || 'none: run serve first';
    throw new BridgeError('not_found', `There is no connection "${id}". There are: ${known}.`);
  }

  return {
    createToken: async (kind, connectionId = DEFAULT_CONNECTION, label) => {
      await assertConnection(connectionId);
      return createToken(access, clock, { connectionId, kind: tokenKind(kind), label });
    },
    listTokens: () => access.tokens(),
    revokeToken: async (id) => {
      if (await access.revokeToken(id, clock.now())) return;
      throw new BridgeError(
        'not_found',
        `There is no valid token with the id ${id}: "tokens list" shows them.`,
      );
    },
    rotateEventKey: () => eventKeys.rotate(),
    status: async () => {
      const all = await workspaces();
      return Promise.all(all.map((workspace) => readStatus(workspace, { access, ...sources })));
    },
    listTasks: async ({ closed }) => {
      const lists = (await workspaces()).map((workspace) =>
        sources.tasks.list(workspace, { closed, limit: MAX_TASKS }),
      );
      return (await Promise.all(lists)).flat().map(viewTask);
    },
    closeTask: async (id) => {
      const all = await workspaces();
      for (const workspace of all.slice(0, -1)) {
        if (await sources.tasks.close(workspace, id, clock.now())) return;
      }
      await closeTask(sources.tasks, all.at(-1) ?? '', id, clock.now());
    },
    probe: async () => {
      const all = await workspaces();
      for (const workspace of all) await sources.capabilities.askForProbe(workspace, clock.now());
      return all;
    },
    pinProfile: async (connectionId, names) => {
      const pins = readPins(names);
      await assertConnection(connectionId);
      await sources.idp.pin(connectionId, pins, clock.now());
      return pins;
    },
  };
}

function tokenKind(text: string): TokenKind {
  const kind = TOKEN_KINDS.find((candidate) => candidate === text);
  if (kind === undefined)
    throw new BridgeError('invalid_value', `A token is for ${TOKEN_KINDS.join(', ')}, not "${text}".`);
  return kind;
}
