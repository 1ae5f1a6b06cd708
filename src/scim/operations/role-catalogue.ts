/** The roles, of which there are two. */
import type { Call } from '../call.ts';
import { roles } from '../schema/roles.ts';
import type { Catalogue, Entry, From } from './catalogue.ts';

export const roleCatalogue: Catalogue = {
  name: 'Roles',
  count: ({ base }) => Promise.resolve(roles(base).length),
  // eslint-disable-next-line @typescript-eslint/require-await -- what a catalogue is, others have to wait for
  async *entries(call, from) {
    yield* all(call).slice(start(from));
  },
  one: ({ base }, id) => Promise.resolve(roles(base).find((role) => role.id === id)),
};

/** Their places stand for the times of their creation. */
function all({ base }: Call): readonly Entry[] {
  return roles(base).map((resource, index) => {
    return { resource, position: { key: null, createdAt: index, id: resource.id } };
  });
}

function start(from: From): number {
  return 'after' in from ? from.after.createdAt + 1 : from.offset;
}
