/** The URLs of the routes of one connection: under a workspace, or without one for the workspace of the token. */
import { Type } from 'typebox';
import type { Connection } from '../directory/access/connection.ts';
import type { Connections } from '../operators/connections.ts';
import { ByWorkspace, ownWorkspace, type HolderOf } from './own-workspace.ts';

const Name = { connection: Type.String({ description: 'Its name' }) };

/** Registers the same routes twice, with different operation ids. */
export const CONNECTION_PLACES = [
  {
    base: '/workspaces/:slug/connections/:connection',
    params: { ...ByWorkspace.properties, ...Name },
    own: '',
  },
  { base: '/connections/:connection', params: Name, own: 'Own' },
] as const;

/** @returns finds the connection that the parameters of a request name; it throws BridgeError forbidden, not_found */
export function connectionFinder(
  holderOf: HolderOf,
  connections: Connections,
): (request: Parameters<HolderOf>[0]) => Promise<Connection> {
  return (request) => {
    const { slug, connection } = request.params as { slug?: string; connection: string };
    const holder = holderOf(request);
    return connections.find(slug === undefined ? holder.workspace : ownWorkspace(holder, slug), connection);
  };
}
