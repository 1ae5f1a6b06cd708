/** An operator sets what becomes of a connection's pushes, or of its drift, and goes live with a plan, through the admin API. */
import type { ConnectionState } from '../../src/directory/access/connection.ts';
import type { DriftMode } from '../../src/provisioning/drift/drift.ts';
import { TOKENS } from '../acceptance/boot.ts';
import type { Answer } from './bridge.ts';
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

/** How often an operator looks at the plan again, because another one is there by the time they go live with it. */
const MAX_PLANS = 5;

/** Goes live with the plan that was looked at. While Mode was never read there is no plan: then without one. */
export async function goLive(world: World): Promise<void> {
  const at = '/admin/api/connections/default';
  for (let tries = 0; tries < MAX_PLANS; tries += 1) {
    const shown = await ask(world, 'GET', `${at}/plan`);
    if (shown?.status === 503) return setConnection(world, { state: 'live' });
    const { id } = JSON.parse(shown?.text ?? '{}') as { readonly id: string };
    const gone = await ask(world, 'POST', `${at}/go-live`, { plan_id: id });
    if (gone?.status === 200) return;
    if (gone?.status !== 409) throw new Error(`Going live was answered: ${gone?.text ?? 'nothing'}`);
  }
  throw new Error('The plan was another one each time.');
}

async function ask(world: World, method: string, path: string, body?: object): Promise<Answer | undefined> {
  return world.send('admin', {
    method,
    path,
    headers: { authorization: `Bearer ${TOKENS.admin}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}
