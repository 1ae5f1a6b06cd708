/** Caches token look-ups, so that the database is asked once a second instead of with every request. */
import type { Clock } from '../../clock.ts';
import { digestToken } from './token.ts';

/** A token that another process revoked is refused after at most this time. */
export const TOKEN_CACHED_MS = 1_000;
/** Only valid tokens are cached, and there are few. */
const MAX_TOKENS = 1_000;

type Find<Principal> = (token: string) => Promise<Principal | undefined>;

/**
 * Caches the results of `find` for a second. Keys are digests of tokens; tokens that are not valid are not cached.
 * @returns a function that returns a cached result without a promise
 */
export function cacheTokens<Principal>(
  find: Find<Principal>,
  clock: Clock,
): (token: string) => Principal | Promise<Principal | undefined> {
  const known = new Map<string, { readonly principal: Principal; readonly until: number }>();
  async function ask(token: string, digest: string, now: number): Promise<Principal | undefined> {
    const principal = await find(token);
    if (principal === undefined) known.delete(digest);
    else {
      if (known.size >= MAX_TOKENS) known.clear();
      known.set(digest, { principal, until: now + TOKEN_CACHED_MS });
    }
    return principal;
  }

  return (token) => {
    const digest = digestToken(token);
    const now = clock.monotonic();
    const entry = known.get(digest);
    return entry !== undefined && now < entry.until ? entry.principal : ask(token, digest, now);
  };
}
