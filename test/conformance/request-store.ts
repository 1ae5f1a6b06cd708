/** What every RequestStore guarantees. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IDP_PROFILES } from '../../src/directory/access/idp-profile.ts';
import {
  FILTER_OPERATORS,
  OPERATION_KINDS,
  REQUEST_METHODS,
  REQUEST_ROUTES,
  SCIM_TYPES,
  type AttributeName,
  type LoggedRequest,
  type ResourceId,
} from '../../src/directory/requests/logged-request.ts';
import type { RequestPosition, RequestQuery } from '../../src/directory/requests/request-store.ts';
import type { Store } from '../../src/store/open-store.ts';

const RUNS = 15;
const RESOURCES = 4;
/** Few instants, so that many requests share one, and far enough from each other that they are kept in several batches. */
const INSTANTS = 20;
const APART_MS = 30 * 60 * 1_000;
const anInstant = fc.integer({ min: 1, max: INSTANTS }).map((count) => count * APART_MS);

const idOf = (kind: number, count: number) =>
  `00000000-0000-7000-800${kind}-${count.toString(16).padStart(12, '0')}`;
const resource = (count: number) => idOf(1, count) as ResourceId;
const nullable = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const aResource = fc.integer({ min: 1, max: RESOURCES }).map(resource);
const aName = fc
  .constantFrom('userName', 'emails.value', 'urn:x:User:department')
  .map((name) => name as AttributeName);

const aRequest: fc.Arbitrary<Omit<LoggedRequest, 'id'>> = fc
  .record({
    at: anInstant,
    method: fc.constantFrom(...REQUEST_METHODS),
    route: fc.constantFrom(...REQUEST_ROUTES),
    resourceId: nullable(aResource),
    bulkIds: fc.uniqueArray(aResource, { maxLength: 2 }),
    attributes: fc.uniqueArray(aName),
    unknownAttributes: fc.nat(5),
    operations: fc.dictionary(fc.constantFrom(...OPERATION_KINDS), fc.integer({ min: 1, max: 9 }), {
      noNullPrototype: true,
    }),
    filter: fc.array(
      fc.record({ attribute: nullable(aName), operator: fc.constantFrom(...FILTER_OPERATORS) }),
      { maxLength: 3 },
    ),
    status: fc.constantFrom(null, 200, 201, 204, 400, 401, 404, 409, 500),
    scimType: nullable(fc.constantFrom(...SCIM_TYPES)),
    durationMs: fc.nat(1_000).map((tenths) => tenths / 10),
    workspace: fc.constantFrom(null, 'acme', 'globex'),
    connectionId: nullable(fc.constantFrom('okta', 'entra')),
    profile: nullable(fc.constantFrom(...IDP_PROFILES)),
  })
  .map((request) => ({
    ...request,
    resourceType: request.route.startsWith('/Users')
      ? 'User'
      : request.route.startsWith('/Groups')
        ? 'Group'
        : null,
  }));

const someRequests = fc
  .array(aRequest, { maxLength: 60 })
  .map((requests) => requests.map((request, count): LoggedRequest => ({ ...request, id: idOf(2, count) })));

const aQuery: fc.Arbitrary<Omit<RequestQuery, 'limit'>> = fc.record(
  {
    connectionId: fc.constantFrom('okta', 'entra'),
    resourceId: aResource,
    status: fc.constantFrom<RequestQuery['status']>([200, 299], [404, 404], [400, 499], 'closed'),
    method: fc.constantFrom(...REQUEST_METHODS),
    profile: fc.constantFrom(...IDP_PROFILES),
    from: anInstant,
    to: anInstant,
  },
  { requiredKeys: [] },
);

/** What a list must have, computed in the plainest way. */
function naive(all: readonly LoggedRequest[], workspace: string, query: Omit<RequestQuery, 'limit'>) {
  const { connectionId, resourceId, status, method, profile, from, to } = query;
  const inStatus = (found: number | null) =>
    status === undefined ||
    (status === 'closed' ? found === null : found !== null && found >= status[0] && found <= status[1]);
  return all
    .filter((request) => request.workspace === workspace || request.workspace === null)
    .filter((request) => connectionId === undefined || request.connectionId === connectionId)
    .filter(
      ({ resourceId: id, bulkIds }) =>
        resourceId === undefined || id === resourceId || bulkIds.some((bulk) => bulk === resourceId),
    )
    .filter((request) => inStatus(request.status))
    .filter((request) => method === undefined || request.method === method)
    .filter((request) => profile === undefined || request.profile === profile)
    .filter(({ at }) => at >= (from ?? 0) && at < (to ?? Infinity))
    .sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1));
}

const sorted = (requests: readonly LoggedRequest[]) =>
  requests.map((request) => ({ ...request, bulkIds: [...request.bulkIds].sort() }));

async function allPages(store: Store, workspace: string, query: Omit<RequestQuery, 'limit'>, limit: number) {
  const found: LoggedRequest[] = [];
  for (let before: RequestPosition | undefined; ;) {
    const page = await store.requests.list(workspace, { ...query, before, limit });
    found.push(...page);
    before = page.at(-1);
    if (page.length < limit) return found;
  }
}

export function requestStoreConformance(open: () => Promise<Store>): void {
  describe('requests', () => {
    it('are listed as they were added, however many at once, with any filter and page size, newest first', async () => {
      await fc.assert(
        fc.asyncProperty(
          someRequests,
          fc.array(aQuery, { maxLength: 6 }),
          fc.integer({ min: 1, max: 7 }),
          fc.integer({ min: 1, max: 10 }),
          async (requests, queries, limit, together) => {
            const store = await open();
            for (let from = 0; from < requests.length; from += together)
              await store.requests.add(requests.slice(from, from + together));
            for (const query of [{}, ...queries])
              for (const workspace of ['acme', 'globex'])
                expect(sorted(await allPages(store, workspace, query, limit))).toEqual(
                  sorted(naive(requests, workspace, query)),
                );
          },
        ),
        { numRuns: RUNS },
      );
    });

    it('are added once, however often that is tried', async () => {
      const store = await open();
      const [request] = fc.sample(aRequest, { numRuns: 1, seed: 1 });
      const one = { ...request, id: idOf(2, 1), workspace: 'acme' } as LoggedRequest;
      await store.requests.add([one]);
      await store.requests.add([one]);
      await Promise.all([store.requests.add([one]), store.requests.add([one])]);
      expect(await store.requests.list('acme', { limit: 10 })).toHaveLength(1);
    });

    it('are found by their ids among many, however few came at once', async () => {
      const store = await open();
      const sample = fc.sample(aRequest, { numRuns: 300, seed: 1 });
      const all = sample.map((request, count): LoggedRequest => ({ ...request, id: idOf(2, count) }));
      for (const request of all.slice(0, 150)) await store.requests.add([request]);
      await store.requests.add(all.slice(150));
      const ids = [0, 63, 64, 149, 150, 299].map((count) => idOf(2, count));
      const found = await store.explain.requestsById([...ids, idOf(3, 1)]);
      expect([...found.keys()].sort()).toEqual(ids);
      expect(ids.map((id) => found.get(id))).toEqual(ids.map((id) => all.find((one) => one.id === id)));
    });

    it('are deleted when they are old, and the oldest when there are too many', async () => {
      const store = await open();
      const [request] = fc.sample(aRequest, { numRuns: 1, seed: 1 });
      // More than an hour apart, each is by itself.
      const hour = 60 * 60 * 1_000;
      for (let index = 0; index < 10; index += 1) {
        const one = { ...request, id: idOf(2, index), at: index * hour, workspace: 'acme', bulkIds: [] };
        await store.requests.add([one as LoggedRequest]);
      }
      const times = async () => (await store.requests.list('acme', { limit: 20 })).map(({ at }) => at / hour);
      expect(await store.requests.prune(3 * hour, 100, 2)).toBe(2);
      expect(await store.requests.prune(3 * hour, 100, 2)).toBe(1);
      expect(await times()).toEqual([9, 8, 7, 6, 5, 4, 3]);
      expect(await store.requests.prune(3 * hour, 5, 10)).toBe(2);
      expect(await store.requests.prune(3 * hour, 5, 10)).toBe(0);
      expect(await times()).toEqual([9, 8, 7, 6, 5]);
    });
  });
}
