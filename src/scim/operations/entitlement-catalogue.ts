/** The entitlements: being an admin, and being a member of each group. */
import { setImmediate } from 'node:timers/promises';
import type { Groups } from '../../directory/group/groups.ts';
import type { Position } from '../../directory/query.ts';
import { BridgeError } from '../../errors.ts';
import type { ScimCall } from '../scim-call.ts';
import { adminEntitlement, memberEntitlement, parseEntitlementId } from '../schema/entitlements.ts';
import type { Catalogue } from './catalogue.ts';

/** The position of the admin role, before every group. */
const FIRST: Position = { key: null, createdAt: -1, id: '' };
const MAX_BATCH = 1_000;

/** @param forOkta whether the response of a call also has the attributes of Okta's schema */
export function entitlementCatalogue(groups: Groups, forOkta: (call: ScimCall) => boolean): Catalogue {
  const optionsOf = (call: ScimCall) => ({ base: call.base, forOkta: forOkta(call) });
  return {
    name: 'Entitlements',

    count: async ({ workspace }) => 1 + (await groups.list(workspace, { limit: 0 })).total,

    async *entries(call, from, batchSize) {
      const { workspace } = call;
      const options = optionsOf(call);
      let after: Position | undefined = 'after' in from ? from.after : undefined;
      let offset = 'offset' in from ? from.offset - 1 : 0;
      if (after === undefined && offset < 0) {
        yield { resource: adminEntitlement(options), position: FIRST };
        offset = 0;
      }
      const limit = Math.min(batchSize, MAX_BATCH);
      for (;;) {
        const page = await groups.list(workspace, after === undefined ? { offset, limit } : { after, limit });
        for (const group of page.items) {
          const position = { key: null, createdAt: group.createdAt, id: group.id };
          yield { resource: memberEntitlement(group, options), position };
        }
        if (page.end === undefined) return;
        after = page.end;
        // A filter may read all of them: let other requests run in between.
        await setImmediate();
      }
    },

    find: async (call, id) => {
      const entitlement = parseEntitlementId(id);
      if (entitlement === 'admin') return adminEntitlement(optionsOf(call));
      if (entitlement === undefined) return undefined;
      try {
        return memberEntitlement(await groups.get(call.workspace, entitlement.groupId), optionsOf(call));
      } catch (error) {
        if (error instanceof BridgeError && error.code === 'not_found') return undefined;
        throw error;
      }
    },
  };
}
