import fc from 'fast-check';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { snapshotSource } from '../../src/feed/c1z/snapshot-source.ts';
import { writeC1z } from '../../src/feed/c1z/write-c1z.ts';
import { oaa } from '../../src/feed/encoders/oaa.ts';
import type { Grant } from '../../src/feed/model.ts';
import { engines, freshDatabase, type EngineName } from '../databases.ts';
import { storeAt } from '../stores.ts';
import { openC1z, rows } from './c1z/read-c1z.ts';
import { freshFolder } from './c1z/samples.ts';
import type { OaaDocument } from './oaa-schema.ts';
import { readAll } from './reading.ts';
import { standingClock, steps, WORKSPACE, worldOf, type Step } from './world.ts';

const RUNS: Readonly<Record<EngineName, number>> = { sqlite: 12, postgres: 4 };

/** Adds the grants of a group to each member, once. */
function withMembers(grants: readonly Grant[]): readonly Grant[] {
  const all = new Map(grants.map((grant) => [grant.id, grant]));
  for (const grant of grants) {
    if (grant.principal.type === 'account') continue;
    for (const { entitlementId, principal } of grants) {
      if (entitlementId !== `group:${grant.principal.id}:member`) continue;
      const id = `${grant.entitlementId}:account:${principal.id}`;
      if (!all.has(id)) all.set(id, { ...grant, id, principal });
    }
  }
  return [...all.values()];
}

/** At the start, everyone is in every group, and an admin. */
const BEFORE: readonly Step[] = (
  [
    ['push_user', 'see_member', 'link_user'],
    ['push_group', 'see_group', 'link_group', 'see_membership'],
  ] as const
).flatMap((kinds) =>
  kinds.flatMap((what) =>
    [0, 1, 2, 3].flatMap((person) =>
      [0, 1, 2].map((team) => ({ what, person, team, yes: true, also: true })),
    ),
  ),
);

describe.each(engines)('exports of the feed on %s', (engine) => {
  it('include every account with its grants on Mode, whatever has happened', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { maxLength: 20 }), async (story) => {
        const store = await storeAt(await freshDatabase(engine));
        const clock = standingClock();
        const world = worldOf(store, clock);
        for (const step of [...BEFORE, ...story]) await world(step);
        const snapshot = await store.feed.takeSnapshot(WORKSPACE, clock);
        const accounts = await readAll(snapshot, 'accounts');
        const granted = (await readAll(snapshot, 'grants')).filter(({ observed }) => observed);
        const held = withMembers(granted).map(({ id }) => id);

        expect(granted.length).toBeGreaterThan(0);

        const file = join(freshFolder(), 'sync.c1z');
        await writeC1z(snapshotSource(snapshot), { file, clock });
        const database = openC1z(file);
        onTestFinished(() => {
          if (database.isOpen) database.close();
        });
        const ids = (table: 'v1_resources' | 'v1_grants') =>
          rows(database, table).map((row) => row['external_id']);
        expect(ids('v1_grants').toSorted()).toEqual(held.toSorted());
        expect(ids('v1_resources')).toEqual(
          expect.arrayContaining(accounts.map(({ id }) => `account:${id}`)),
        );

        let text = '';
        for await (const piece of oaa.encode(snapshot)) text += String(piece);
        const document = JSON.parse(text) as OaaDocument;
        const [{ local_users: users }] = document.applications;
        const exported = [
          ...users.flatMap(({ id, groups }) => groups.map((group) => `group:${group}:member:account:${id}`)),
          ...document.identity_to_permissions.flatMap(({ identity, role_assignments: roles = [] }) =>
            roles.map(() => `role:admin:assigned:account:${identity}`),
          ),
        ];
        // Veza gets only the levels that the template has, and expands groups itself.
        const ofAccounts = granted.filter(({ entitlementId }) => /^(group|role):/.test(entitlementId));
        expect(users.map(({ id }) => id)).toEqual(accounts.map(({ id }) => id));
        expect(exported.toSorted()).toEqual(ofAccounts.map(({ id }) => id).toSorted());
        const permissions = granted.filter(({ entitlementId }) => /^collection:.*:view$/.test(entitlementId));
        expect(
          document.identity_to_permissions
            .flatMap(({ identity, application_permissions: held = [] }) =>
              held.flatMap(({ resources }) => resources.map((resource) => `${identity} ${resource}`)),
            )
            .toSorted(),
        ).toEqual(
          permissions
            .map(({ principal, entitlementId }) => `${principal.id} ${entitlementId.replace(/:view$/, '')}`)
            .toSorted(),
        );
      }),
      { numRuns: RUNS[engine] },
    );
  });
});
