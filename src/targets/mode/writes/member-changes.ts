/**
 * Changes many members of a group in one PATCH, through Mode's own SCIM. The REST API needs one call per member, so the first
 * push of a large company would take hours.
 */
import type { Clock } from '../../../clock.ts';
import type { CapabilityBook } from '../../../provisioning/capability/capability-book.ts';
import { TargetError, type GroupChange, type MemberChanges } from '../../../provisioning/ports/target.ts';
import { fieldsOf, textOf } from '../mode-json.ts';
import type { ModeApi } from '../mode-api.ts';
import { RouteNotApplicable, ROUTE } from '../mode-routes.ts';
import type { MemberReads } from '../reads/read-members.ts';
import type { OwnScim } from '../own-scim/own-scim.ts';

/** Mode does not document a maximum. Common SCIM clients send at most this many. */
const AT_ONCE = 100;
/** How long a group that Mode's own SCIM does not know is not looked up again. */
const UNKNOWN_TTL_MS = 60 * 60_000;

export interface MemberChangeParts {
  readonly api: ModeApi;
  readonly book: CapabilityBook;
  readonly ownScim: OwnScim;
  readonly emailOf: MemberReads['emailOf'];
  readonly clock: Clock;
}

export function createMemberChanges(parts: MemberChangeParts): MemberChanges {
  const { api, book, ownScim, emailOf, clock } = parts;
  const unknownSince = new Map<string, number>();

  async function change({ targetGroupId, add, remove }: GroupChange): Promise<ReadonlySet<string>> {
    const name = textOf(fieldsOf(await api.get(api.groupPath(targetGroupId)))['name']);
    if (name === null) return new Set();
    const emails = new Map<string, string>();
    for (const token of [...add, ...remove]) {
      const email = await emailOf(token);
      if (email !== undefined) emails.set(token, email);
    }
    const ids = await ownScim.people.idsOf([...emails.values()]);
    const idOf = (token: string) => ids.get(emails.get(token)?.toLowerCase() ?? '');
    const known = (tokens: readonly string[]) => tokens.flatMap((token) => idOf(token) ?? []);
    const done = [...add, ...remove].filter((token) => idOf(token) !== undefined);
    if (done.length > 0) await ownScim.groups.changeMembers(name, { add: known(add), remove: known(remove) });
    return new Set(done);
  }

  return {
    atOnce: AT_ONCE,
    apply: async (wanted) => {
      const since = unknownSince.get(wanted.targetGroupId) ?? -Infinity;
      const open = book.open('groups').includes(ROUTE.ownScim);
      if (!open || clock.monotonic() - since < UNKNOWN_TTL_MS) return new Set();
      try {
        return await change(wanted);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        unknownSince.set(wanted.targetGroupId, clock.monotonic());
        return new Set();
      }
    },
  };
}

/** After a refusal nothing was changed, and each member can still be tried alone. */
function isRefusal(error: unknown): boolean {
  if (error instanceof RouteNotApplicable) return true;
  return error instanceof TargetError && ['forbidden', 'not_found', 'refused'].includes(error.kind);
}
