/** What every store guarantees about plans: which are kept, and that no other plan goes live than the one that was made. */
import { describe, expect, it } from 'vitest';
import type { Connection } from '../../src/directory/access/connection.ts';
import { createUser } from '../../src/directory/user/user-transitions.ts';
import type { PlannedStep } from '../../src/provisioning/dry-run/planned-step.ts';
import type { Store } from '../../src/store/open-store.ts';
import { draft } from '../worker/stage.ts';

const W = 'acme';
const okta: Connection = { id: 'okta', workspace: W, name: 'okta', state: 'shadow' };
const step = (name: string): PlannedStep => ({
  kind: 'invite',
  step: null,
  subject: { kind: 'user', id: name },
  name,
  group: null,
  from: null,
  to: null,
  after: null,
  why: [{ code: 'plan_invite', params: { email: name } }],
});

export function planStoreConformance(open: () => Promise<Store>): void {
  describe('plans', () => {
    const keep = ({ plans }: Store, id: string, madeAt: number, steps: readonly PlannedStep[] = []) =>
      plans.keepPlan({ id, workspace: W, connectionId: 'okta', madeAt, steps });

    it('are kept whole, for their connection only', async () => {
      const store = await open();
      const steps = Array.from({ length: 2_500 }, (_none, index) => step(`p${index}@x.test`));
      await keep(store, 'a', 1, steps);
      expect(await store.plans.keptPlan('okta', 'a')).toMatchObject({ madeAt: 1, steps });
      expect(await store.plans.keptPlan('entra', 'a')).toBeUndefined();
      await keep(store, 'a', 2, []);
      expect(await store.plans.keptPlan('okta', 'a')).toMatchObject({ madeAt: 2, steps: [] });
    });

    it('are kept until there are twenty newer ones', async () => {
      const store = await open();
      for (let made = 0; made <= 20; made += 1) await keep(store, `plan-${made}`, made);
      expect(await store.plans.keptPlan('okta', 'plan-0')).toBeUndefined();
      expect(await store.plans.keptPlan('okta', 'plan-1')).toMatchObject({ madeAt: 1 });
    });
  });

  describe('going live', () => {
    it('happens when nothing was written since the plan, and makes held jobs due', async () => {
      const store = await open();
      await store.access.addConnection({ ...okta, createdAt: 0 });
      const position = await store.plans.lastPosition(W);
      expect(await store.plans.goLive({ connection: okta, position, at: 5, removals: [] })).toBe(true);
      expect(await store.access.connection('okta')).toMatchObject({ state: 'live' });
    });

    it('does not happen after a push, or after a change of the state', async () => {
      const store = await open();
      await store.access.addConnection({ ...okta, createdAt: 0 });
      const before = await store.plans.lastPosition(W);
      const { write } = createUser('ana', draft('ana@x.test'), { connection: okta, at: 1 });
      await store.directory.commit(write);
      expect(await store.plans.goLive({ connection: okta, position: before, at: 5, removals: [] })).toBe(
        false,
      );
      const position = await store.plans.lastPosition(W);
      const paused: Connection = { ...okta, state: 'paused' };
      expect(await store.plans.goLive({ connection: paused, position, at: 5, removals: [] })).toBe(false);
      expect(await store.access.connection('okta')).toMatchObject({ state: 'shadow' });
      expect(await store.plans.goLive({ connection: okta, position, at: 5, removals: [] })).toBe(true);
    });

    it('does not happen by half: of a push and going live at the same time, going live is first or does not happen', async () => {
      const store = await open();
      await store.access.addConnection({ ...okta, createdAt: 0 });
      const position = await store.plans.lastPosition(W);
      const { write } = createUser('ana', draft('ana@x.test'), { connection: okta, at: 1 });
      const [pushed, live] = await Promise.all([
        store.directory.commit(write),
        store.plans.goLive({ connection: okta, position, at: 5, removals: [] }),
      ]);
      expect(pushed).toBe('committed');
      expect(await store.access.connection('okta')).toMatchObject({ state: live ? 'live' : 'shadow' });
    });

    it('is not prevented by entries of deliveries', async () => {
      const store = await open();
      await store.access.addConnection({ ...okta, createdAt: 0 });
      const position = await store.plans.lastPosition(W);
      const change = {
        kind: 'delivery.changed',
        subject: { kind: 'user', id: 'ana' },
        data: { state: 'held', reasons: [] },
      } as const;
      await store.provisioning.record({ workspace: W, at: 1, changes: [change] });
      expect(await store.plans.goLive({ connection: okta, position, at: 5, removals: [] })).toBe(true);
    });
  });
}
