/** A connection that is in shadow or paused: the IdP is answered, everything is stored, and nothing is sent to Mode. */
import { describe, expect, it } from 'vitest';
import { createConnections } from '../../src/operators/connections.ts';
import type { ConnectionState } from '../../src/directory/access/connection.ts';
import { compareDrift } from '../../src/provisioning/drift/compare-drift.ts';
import { engines } from '../databases.ts';
import { callsOf, draft, groupDraft, okta, openStage, until, W, type Stage } from './stage.ts';

const HOUR = 60 * 60_000;
const NO_RULES = {
  file: undefined,
  isDescribed: () => false,
  stateSetting: () => undefined,
  isPinned: () => false,
};

async function setState({ store, clock }: Stage, state: ConnectionState): Promise<void> {
  const connections = createConnections({ labelOf: () => 'Mode', ...store, clock, rules: NO_RULES });
  await connections.setState(await connections.find(W, okta.name), state);
}

/** Calls that change something. */
const writesOf = (stage: Stage) =>
  Object.entries(callsOf(stage)).filter(([route]) => !/^(GET|HEAD) /.test(route));

async function deliveryOf({ store }: Stage, id: string) {
  return (await store.views.user(W, id))?.onMode.delivery;
}

describe.each(engines)('on %s', (engine) => {
  it.each([
    ['shadow', 'connection_shadow'],
    ['paused', 'connection_paused'],
  ] as const)('a connection in the state %s sends nothing until it is live', async (state, code) => {
    const mode = {
      members: [
        { email: 'admin@acme.example', username: 'acmeadmin', name: 'Admin', admin: true },
        { email: 'old@x.test', username: 'old', name: 'Old' },
      ],
    };
    const stage = await openStage({ engine, mode });
    await stage.store.access.addConnection({ ...okta, createdAt: 0 });
    await setState(stage, state);
    const hired = await stage.users.create(okta, draft('new@x.test'));
    const leaver = await stage.users.create(okta, draft('old@x.test', { active: false }));
    await stage.groups.create(okta, groupDraft('Data'), [hired.id]);
    stage.start();
    await stage.quiet();
    // An hour on, everything is read and planned again.
    stage.advance(HOUR);
    // While a job runs, what it is about is no drift, and its delivery is pending.
    await until(async () => {
      const drift = compareDrift(await stage.store.provisioning.driftState(W));
      const classes = drift.filter(({ subject }) => subject !== null).map((item) => item.class);
      return classes.join() === 'held,held,held';
    });
    for (const { id } of [hired, leaver])
      await until(async () => {
        const delivery = await deliveryOf(stage, id);
        return delivery?.state === 'held' && delivery.reasonCode === code;
      });
    await stage.quiet();
    expect(writesOf(stage)).toEqual([]);
    expect(await stage.store.tasks.count(W)).toBe(0);

    await setState(stage, 'live');
    await until(() => {
      const { members, groups } = stage.sandbox.control.state();
      const emails = members.map(({ email }) => email);
      return (
        emails.includes('new@x.test') &&
        !emails.includes('old@x.test') &&
        groups?.some(({ name }) => name === 'Data') === true
      );
    });
    await stage.quiet();
    expect(await deliveryOf(stage, leaver.id)).toMatchObject({ state: 'verified', reason: null });
  });

  it('a subject that is as wanted is verified in every state of the connection', async () => {
    const mode = { members: [{ email: 'jane@x.test', username: 'jane', name: 'Jane', admin: true }] };
    const stage = await openStage({ engine, mode });
    await stage.store.access.addConnection({ ...okta, createdAt: 0 });
    await setState(stage, 'shadow');
    const jane = await stage.users.create(okta, draft('jane@x.test'));
    stage.start();
    await until(async () => (await deliveryOf(stage, jane.id))?.state === 'verified');
    expect(writesOf(stage)).toEqual([]);
  });
});
