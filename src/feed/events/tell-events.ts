/** Makes Security Event Tokens of changes: as many as fit into one answer. */
import type { Attributes } from '../../directory/attributes.ts';
import { eventClaims, jtiOf, needsResource, type Issuer } from './event-claims.ts';
import type { EventKeys } from './event-keys.ts';
import type { ReadResource } from './event-resources.ts';
import type { EventChange } from './event-store.ts';
import { signEvent } from './sign-event.ts';

/** Of all tokens of one answer. One that is larger by itself is told alone. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
const SIGNED_AT_ONCE = 32;

export interface TellContext {
  readonly keys: EventKeys;
  /** Undefined: only names of attributes are told. */
  readonly readResource: ReadResource | undefined;
  readonly now: () => number;
}

/** @returns tokens by their ids, in order, and whether all of them are there */
export async function tellEvents(
  { keys, readResource, now }: TellContext,
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
    const told = await Promise.all(piece.map(async (change) => [jtiOf(change), await tell(change)] as const));
    for (const [jti, set] of told) {
      bytes += set.length;
      if (bytes > MAX_ANSWER_BYTES && Object.keys(sets).length > 0) return { sets, complete: false };
      sets[jti] = set;
    }
  }
  return { sets, complete: true };

  async function tell(change: EventChange): Promise<string> {
    const resource = needsResource(change) ? await resourceOf(change) : undefined;
    const full = readResource !== undefined;
    return signEvent(eventClaims(change, resource, full, issuer, now()), key);
  }

  /** One that changed several times is read once. */
  function resourceOf({ subject }: EventChange): Promise<Attributes | undefined> {
    if (readResource === undefined || subject === null) return Promise.resolve(undefined);
    const name = `${subject.kind} ${subject.id}`;
    const reading = resources.get(name) ?? readResource(workspace, subject, issuer.origin);
    resources.set(name, reading);
    return reading;
  }
}
