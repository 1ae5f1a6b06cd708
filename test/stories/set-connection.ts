/** An operator sets what becomes of a connection's pushes, or of its drift, through the admin API. */
import type { ConnectionState } from '../../src/directory/access/connection.ts';
import type { DriftMode } from '../../src/provisioning/drift/drift.ts';
import { TOKENS } from '../acceptance/boot.ts';
import type { World } from './world.ts';

export type ConnectionChange = { readonly state: ConnectionState } | { readonly drift: DriftMode };

export async function setConnection(world: World, change: ConnectionChange): Promise<void> {
  const [path, body] =
    'state' in change ? ['connections/default/state', change] : ['drift/default', { mode: change.drift }];
  const answer = await world.send('admin', {
    method: 'PUT',
    path: `/admin/api/workspaces/acme/${path}`,
    headers: { authorization: `Bearer ${TOKENS.admin}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (answer?.status !== 200)
    throw new Error(`${JSON.stringify(change)} was not set: ${answer?.text ?? 'no answer'}`);
}
