/** The entitlements: to be an admin, and to be a member of each group there is. */
import { setImmediate } from 'node:timers/promises';
import type { Groups } from '../../directory/group/groups.ts';
import type { Position } from '../../directory/query.ts';
import { BridgeError } from '../../errors.ts';
import type { Call } from '../call.ts';
import { adminEntitlement, entitled, memberEntitlement } from '../schema/entitlements.ts';
import type { Catalogue } from './catalogue.ts';

/** Before every group: the role comes first. */
const FIRST: Position = { key: null, createdAt: -1, id: '' };
const MAX_PIECE = 1_000;

/** @param forOkta whether the client of a call reads what Okta's schema has */
export function entitlementCatalogue(groups: Groups, forOkta: (call: Call) => boolean): Catalogue {
  const optionsOf = (call: Call) => ({ base: call.base, forOkta: forOkta(call) });
  return {
    name: 'Entitlements',

    count: async ({ connection }) => 1 + (await groups.list(connection, { limit: 0 })).total,

    async *entries(call, from, atOnce) {
      const { connection } = call;
      const options = optionsOf(call);
      let after: Position | undefined = 'after' in from ? from.after : undefined;
      let offset = 'offset' in from ? from.offset - 1 : 0;
      if (after === undefined && offset < 0) {
        yield { resource: adminEntitlement(options), position: FIRST };
        offset = 0;
      }
      const limit = Math.min(atOnce, MAX_PIECE);
      for (;;) {
        const page = await groups.list(
          connection,
          after === undefined ? { offset, limit } : { after, limit },
        );
        for (const group of page.items) {
          const position = { key: null, createdAt: group.createdAt, id: group.id };
          yield { resource: memberEntitlement(group, options), position };
        }
        if (page.end === undefined) return;
        after = page.end;
        // A filter may go through all of them: others get their turn.
        await setImmediate();
      }
    },

    one: async (call, id) => {
      const what = entitled(id);
      if (what === 'admin') return adminEntitlement(optionsOf(call));
      if (what === undefined) return undefined;
      try {
        return memberEntitlement(await groups.get(call.connection, what.groupId), optionsOf(call));
      } catch (error) {
        if (error instanceof BridgeError && error.code === 'not_found') return undefined;
        throw error;
      }
    },
  };
}
