/** Users and groups as one list, for searches at the root (RFC 7644 section 3.4.2.1): users first, then groups. */
import { BridgeError } from '../../errors.ts';
import type { ResourceOperations } from './resource-operations.ts';

export function listEverything(types: readonly ResourceOperations[]): ResourceOperations['list'] {
  return async (call, request) => {
    if (request.sortBy !== undefined) {
      throw new BridgeError(
        'invalid_path',
        'Resources of several types have no common order: sort one type.',
      );
    }
    if (request.cursor !== undefined) {
      throw new BridgeError(
        'invalid_cursor',
        'Resources of several types are paged by startIndex, not by cursor.',
      );
    }
    const resources: string[] = [];
    let total = 0;
    for (const { list } of types) {
      const startIndex = Math.max(request.startIndex - total, 1);
      const count = request.startIndex + request.count > total + 1 ? request.count - resources.length : 0;
      const page = await list(call, { ...request, startIndex, count });
      total += page.total;
      resources.push(...page.resources);
    }
    return { resources, total };
  };
}
