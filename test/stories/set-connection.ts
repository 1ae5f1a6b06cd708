/** An operator sets the state of the connection, through the admin API. */
import type { ConnectionState } from '../../src/directory/access/connection.ts';
import { TOKENS } from '../acceptance/boot.ts';
import type { World } from './world.ts';

export async function setConnection(world: World, state: ConnectionState): Promise<void> {
  const answer = await world.send('admin', {
    method: 'PUT',
    path: '/admin/api/workspaces/acme/connections/default/state',
    headers: { authorization: `Bearer ${TOKENS.admin}`, 'content-type': 'application/json' },
    body: JSON.stringify({ state }),
  });
  if (answer?.status !== 200)
    throw new Error(`The connection is not ${state}: ${answer?.text ?? 'no answer'}`);
}
