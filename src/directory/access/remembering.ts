/** Asks the database once a second who a token stands for, and not with every request. */
import type { Clock } from '../../clock.ts';
import { digestToken } from './token.ts';

/** How long a token that was revoked elsewhere may still be taken for valid. */
const REMEMBERED_MS = 1_000;
/** Only valid tokens are remembered; there are few. */
const MAX_TOKENS = 1_000;

type Find<Principal> = (token: string) => Promise<Principal | undefined>;

/**
 * The same as `find`, at once for what is remembered; `find` is asked again when an answer is older than a second. Tokens are remembered by their
 * digest; those that are not valid are not remembered.
 */
export function remembering<Principal>(
  find: Find<Principal>,
  clock: Clock,
): (token: string) => Principal | Promise<Principal | undefined> {
  const known = new Map<string, { readonly principal: Principal; readonly until: number }>();
  async function ask(token: string, digest: string, now: number): Promise<Principal | undefined> {
    const principal = await find(token);
    if (principal === undefined) known.delete(digest);
    else {
      if (known.size >= MAX_TOKENS) known.clear();
      known.set(digest, { principal, until: now + REMEMBERED_MS });
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
