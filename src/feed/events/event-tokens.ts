/** Creates Security Event Tokens for changes, as many as fit into one response. */
import type { Attributes } from '../../directory/attributes.ts';
import { eventClaims, jtiOf, needsResource, type Issuer } from './event-claims.ts';
import type { EventKeys } from './event-keys.ts';
import type { ReadResource } from './event-resources.ts';
import type { EventChange } from './event-store.ts';
import { signEvent } from './sign-event.ts';

/** The size of all tokens in a response. A larger token is sent alone. */
const MAX_RESPONSE_BYTES = 4 * 1024 * 1024;
const SIGNED_AT_ONCE = 32;

export interface TokenContext {
  readonly keys: EventKeys;
  /** Undefined: events have names of attributes without values. */
  readonly readResource: ReadResource | undefined;
  readonly now: () => number;
}

/** @returns tokens by id, in order, and whether all changes are included */
export async function createEventTokens(
  { keys, readResource, now }: TokenContext,
  workspace: string,
  issuer: Issuer,
  changes: readonly EventChange[],
): Promise<{ readonly sets: Readonly<Record<string, string>>; readonly complete: boolean }> {
  if (changes.length === 0) return { sets: {}, complete: true };
  const key = await keys.signing();
  const resources = new Map<string, Promise<Attributes | undefined>>();
  const sets: Record<string, string> = {};
  let bytes = 0;

  for (let from = 0; from < changes.length; from += SIGNED_AT_ONCE) {
    const piece = changes.slice(from, from + SIGNED_AT_ONCE);
    const tokens = await Promise.all(
      piece.map(async (change) => [jtiOf(change), await tokenOf(change)] as const),
    );
    for (const [jti, set] of tokens) {
      bytes += set.length;
      if (bytes > MAX_RESPONSE_BYTES && Object.keys(sets).length > 0) return { sets, complete: false };
      sets[jti] = set;
    }
  }
  return { sets, complete: true };

  async function tokenOf(change: EventChange): Promise<string> {
    const resource = needsResource(change) ? await resourceOf(change) : undefined;
    const full = readResource !== undefined;
    return signEvent(eventClaims(change, resource, full, issuer, now()), key);
  }

  /** A resource that changed several times is read once. */
  function resourceOf({ subject }: EventChange): Promise<Attributes | undefined> {
    if (readResource === undefined || subject === null) return Promise.resolve(undefined);
    const name = `${subject.kind} ${subject.id}`;
    const reading = resources.get(name) ?? readResource(workspace, subject, issuer.origin);
    resources.set(name, reading);
    return reading;
  }
}
