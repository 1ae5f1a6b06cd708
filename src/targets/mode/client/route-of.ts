/** Maps a path of Mode's API to its route pattern, from a closed list, for metrics. Pure. */

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/^\/api\/verify$/, '/api/verify'],
  [/^\/api\/[^/]+\/memberships\/lite$/, '/api/{workspace}/memberships/lite'],
  [/^\/api\/[^/]+\/memberships$/, '/api/{workspace}/memberships'],
  [/^\/api\/[^/]+\/memberships\/[^/]+$/, '/api/{workspace}/memberships/{membership}'],
  [/^\/api\/[^/]+\/invites$/, '/api/{workspace}/invites'],
  [/^\/api\/[^/]+\/groups$/, '/api/{workspace}/groups'],
  [/^\/api\/[^/]+\/groups\/[^/]+$/, '/api/{workspace}/groups/{group}'],
  [/^\/api\/[^/]+\/groups\/[^/]+\/memberships$/, '/api/{workspace}/groups/{group}/memberships'],
  [
    /^\/api\/[^/]+\/groups\/[^/]+\/memberships\/[^/]+$/,
    '/api/{workspace}/groups/{group}/memberships/{membership}',
  ],
  [/^\/api\/[^/]+\/api_keys\/[^/]+$/, '/api/{workspace}/api_keys/{key}'],
  [/^\/api\/[^/]+\/audit_logs$/, '/api/{workspace}/audit_logs'],
  [/^\/batch\//, '/batch'],
  [/^\/api\/[^/]+$/, '/api/{name}'],
];

/** @param path with or without a query */
export function routeOf(path: string): string {
  const bare = path.split('?', 1)[0] ?? path;
  return PATTERNS.find(([pattern]) => pattern.test(bare))?.[1] ?? 'other';
}
