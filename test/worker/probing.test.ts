import { describe, expect, it } from 'vitest';
import { REFUSAL_STANDS_MS } from '../../src/provisioning/capability/capability.ts';
import { createProbing } from '../../src/worker/reading/probing.ts';
import { engines } from '../databases.ts';
import { freshStore } from '../stores.ts';
import { answer, fakeMode, routeOf, standingClock } from '../targets/mode/fake-mode.ts';

const SECONDS_MS = 10_000;
const invite = { type: 'invite', email: 'new@x.test', name: null, former: null } as const;

describe.each(engines)('looks at what can be done, on %s', (engine) => {
  async function setup(routes: Parameters<typeof fakeMode>[0] = {}) {
    const store = await freshStore(engine);
    const mode = await fakeMode({ 'POST /api/acme/invites': answer(403), ...routes });
    const clock = standingClock();
    let unparked = 0;
    const start = () => {
      const target = mode.open({ clock, capabilities: store.capabilities });
      const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
      const provisioning = {
        ...store.provisioning,
        unparkJobs: () => {
          unparked += 1;
          return Promise.resolve();
        },
      };
      const context = { workspace: 'acme', store: provisioning, target, clock, log };
      return { target, probing: createProbing(context as never, store.capabilities) };
    };
    const probes = () => mode.calls('GET', '/api/verify').length;
    return { ...mode, store, clock, start, probes, unparked: () => unparked };
  }

  it('are taken at the start, and not again for nothing', async () => {
    const { start, probes, clock, store } = await setup();
    const { probing } = start();
    await probing.ifDue();
    expect(await store.capabilities.probe('acme')).toMatchObject({ probedAt: clock.now() });
    clock.advance(60 * 60_000);
    await probing.ifDue();
    expect(probes()).toBe(1);
  });

  it('happen when an operator asks, and refused routes are tried again', async () => {
    const { start, probes, clock, store, unparked } = await setup();
    const { probing, target } = start();
    await probing.ifDue();
    await target.apply(invite).catch(() => undefined);
    expect(routeOf(target, 'invite', 'main key')).toMatchObject({ state: 'refused' });
    const before = unparked();
    clock.advance(SECONDS_MS);
    await store.capabilities.askForProbe('acme', clock.now());
    clock.advance(60_000);
    await probing.ifDue();
    await probing.ifDue();
    expect(probes()).toBe(2);
    expect(routeOf(target, 'invite', 'main key')).toMatchObject({ state: 'not_tried' });
    expect(unparked()).toBe(before + 1);
  });

  it('are taken when a refusal is a day old', async () => {
    const { start, clock } = await setup();
    const { probing, target } = start();
    await probing.ifDue();
    await target.apply(invite).catch(() => undefined);
    clock.advance(REFUSAL_STANDS_MS - 1);
    await probing.ifDue();
    expect(routeOf(target, 'invite', 'main key')).toMatchObject({ state: 'refused' });
    clock.advance(1);
    await probing.ifDue();
    expect(routeOf(target, 'invite', 'main key')).toMatchObject({ state: 'not_tried' });
  });

  it('after a restart keep earlier refusals', async () => {
    const { start, calls } = await setup();
    const first = start();
    await first.probing.ifDue();
    await first.target.apply(invite).catch(() => undefined);
    const again = start();
    await again.probing.ifDue();
    expect(routeOf(again.target, 'invite', 'main key')).toMatchObject({ state: 'refused' });
    await again.target.apply(invite).catch(() => undefined);
    expect(calls('POST', '/api/acme/invites')).toHaveLength(1);
  });

  it('that fail are due as before, and conclude nothing', async () => {
    const { start, answerWith, store } = await setup({ 'GET /api/acme/groups': answer(503) });
    const { probing, target } = start();
    await expect(probing.ifDue()).rejects.toMatchObject({ kind: 'unavailable' });
    expect(await store.capabilities.probe('acme')).toBeUndefined();
    answerWith({ 'GET /api/acme/groups': answer(200, { _embedded: { groups: [] } }) });
    await probing.ifDue();
    expect(routeOf(target, 'groups', 'main key')).toMatchObject({ state: 'available' });
  });
});
