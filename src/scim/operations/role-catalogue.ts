/** The catalogue of the two roles. */
import type { ScimCall } from '../scim-call.ts';
import { roles } from '../schema/roles.ts';
import type { Catalogue, Entry, From } from './catalogue.ts';

/** @param forOkta whether the response of a call also has the attributes of Okta's schema */
export function roleCatalogue(forOkta: (call: ScimCall) => boolean): Catalogue {
  const rolesOf = (call: ScimCall) => roles(call.base, forOkta(call));
  return {
    name: 'Roles',
    count: (call) => Promise.resolve(rolesOf(call).length),
    // eslint-disable-next-line @typescript-eslint/require-await -- other catalogues read asynchronously
    async *entries(call, from) {
      // Roles have no creation time; the index takes its place.
      const entries = rolesOf(call).map((resource, index): Entry => {
        return { resource, position: { key: null, createdAt: index, id: resource.id } };
      });
      yield* entries.slice(start(from));
    },
    find: (call, id) => Promise.resolve(rolesOf(call).find((role) => role.id === id)),
  };
}

function start(from: From): number {
  return 'after' in from ? from.after.createdAt + 1 : from.offset;
}
