/** Lists users, then groups, as one list for searches at the root (RFC 7644 section 3.4.2.1). */
import { BridgeError } from '../../errors.ts';
import { isList, type ResourcePage } from '../codec/list-response.ts';
import type { ResourceOperations } from './resource-operations.ts';

export function listEverything(types: readonly ResourceOperations[]): ResourceOperations['list'] {
  return async (call, request) => {
    if (request.sortBy !== undefined) {
      throw new BridgeError(
        'invalid_path',
        'A list of several resource types cannot be sorted: list one resource type.',
      );
    }
    if (request.cursor !== undefined) {
      throw new BridgeError(
        'invalid_cursor',
        'A list of several resource types does not support cursors: use startIndex.',
      );
    }
    const pages: ResourcePage[] = [];
    let [count, total] = [0, 0];
    for (const { list } of types) {
      const startIndex = Math.max(request.startIndex - total, 1);
      const reached = request.startIndex + request.count > total + 1;
      const page = await list(call, { ...request, startIndex, count: reached ? request.count - count : 0 });
      total += page.total;
      count += page.count;
      pages.push(page);
    }
    return { count, total, resources: inTurn(pages) };
  };
}

async function* inTurn(pages: readonly ResourcePage[]): AsyncGenerator<string> {
  let separator = '';
  for (const { count, resources } of pages) {
    if (count === 0) continue;
    yield separator;
    if (isList(resources)) yield resources.join(',');
    else yield* resources;
    separator = ',';
  }
}
