/** What every CapabilityStore guarantees. */
import { describe, expect, it } from 'vitest';
import type { CapabilityRoute } from '../../src/provisioning/capability/capability.ts';
import type { Store } from '../../src/store/open-store.ts';

const W = 'acme';

function route(more: Partial<CapabilityRoute> = {}): CapabilityRoute {
  return { capability: 'invite', route: 'main key', state: 'refused', answer: 'no', at: 5, ...more };
}

export function capabilityStoreConformance(open: () => Promise<Store>): void {
  describe('capabilities', () => {
    it('are remembered by workspace, the latest of each route', async () => {
      const { capabilities } = await open();
      await capabilities.saveRoutes(W, [
        route(),
        route({ route: 'inviter key', state: 'not_tried', at: null }),
      ]);
      await capabilities.saveRoutes(W, [route({ state: 'available', answer: null, at: 9 })]);
      await capabilities.saveRoutes('other', [route({ answer: 'theirs' })]);
      expect(await capabilities.routes(W)).toHaveLength(2);
      expect(await capabilities.routes(W)).toContainEqual(route({ state: 'available', answer: null, at: 9 }));
      expect(await capabilities.routes('other')).toEqual([route({ answer: 'theirs' })]);
    });

    it('that are replaced leave nothing of those before, and nothing of other workspaces changes', async () => {
      const { capabilities } = await open();
      await capabilities.saveRoutes(W, [route()]);
      await capabilities.saveRoutes('other', [route()]);
      await capabilities.replaceRoutes(W, [route({ route: 'inviter key' })]);
      expect((await capabilities.routes(W)).map((row) => row.route)).toEqual(['inviter key']);
      expect(await capabilities.routes('other')).toHaveLength(1);
    });

    it('have a probe, which is kept when an operator asks for another', async () => {
      const { capabilities } = await open();
      expect(await capabilities.probe(W)).toBeUndefined();
      expect(await capabilities.probeAskedAt(W)).toBeNull();
      await capabilities.askForProbe(W, 7);
      expect(await capabilities.probe(W)).toBeUndefined();
      expect(await capabilities.probeAskedAt(W)).toBe(7);
      const findings = { credentials: [], warnings: ['careful'] };
      const probe = { fingerprint: 'f', probedAt: 8, afreshAt: 0, findings };
      await capabilities.saveProbe(W, probe);
      expect(await capabilities.probe(W)).toEqual(probe);
      await capabilities.askForProbe(W, 9);
      expect(await capabilities.probeAskedAt(W)).toBe(9);
      expect(await capabilities.probe(W)).toEqual(probe);
    });
  });
}
