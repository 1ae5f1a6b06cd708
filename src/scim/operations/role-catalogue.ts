/** The roles, of which there are two. */
import type { Call } from '../call.ts';
import { roles } from '../schema/roles.ts';
import type { Catalogue, Entry, From } from './catalogue.ts';

/** @param forOkta whether the client of a call reads what Okta's schema has */
export function roleCatalogue(forOkta: (call: Call) => boolean): Catalogue {
  const rolesOf = (call: Call) => roles(call.base, forOkta(call));
  return {
    name: 'Roles',
    count: (call) => Promise.resolve(rolesOf(call).length),
    // eslint-disable-next-line @typescript-eslint/require-await -- what a catalogue is, others have to wait for
    async *entries(call, from) {
      // Their places stand for the times of their creation.
      const entries = rolesOf(call).map((resource, index): Entry => {
        return { resource, position: { key: null, createdAt: index, id: resource.id } };
      });
      yield* entries.slice(start(from));
    },
    one: (call, id) => Promise.resolve(rolesOf(call).find((role) => role.id === id)),
  };
}

function start(from: From): number {
  return 'after' in from ? from.after.createdAt + 1 : from.offset;
}
