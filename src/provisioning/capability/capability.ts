/**
 * The capabilities of the target, and the routes to them. The table is stored. A route is tried by a read, or by the
 * first real operation that needs it, never by a trial write.
 */
export const CAPABILITIES = [
  'list_members',
  'invite',
  'remove',
  'set_admin',
  'rename',
  'groups',
  'audit_logs',
  'discovery',
] as const;
export type CapabilityName = (typeof CAPABILITIES)[number];

export type RouteState = 'available' | 'refused' | 'not_tried';

/** A route to a capability. */
export interface CapabilityRoute {
  readonly capability: CapabilityName;
  /** As the target names it, e.g. "inviter key". */
  readonly route: string;
  readonly state: RouteState;
  /** The target's answer; null when there was none. */
  readonly answer: string | null;
  /** When it was last tried, in milliseconds since the epoch; null: never. */
  readonly at: number | null;
}

export interface Capability {
  readonly name: CapabilityName;
  readonly state: RouteState;
  /** The route that works or is tried next; `task` when people do it, null when no route works. */
  readonly route: string | null;
  readonly answer: string | null;
  readonly at: number | null;
  /** All routes, best first. */
  readonly routes: readonly CapabilityRoute[];
}

/** What a probe found out about the target's settings and the credentials, for operators. */
export interface Findings {
  readonly credentials: readonly {
    /** As settings name it, e.g. "main key". */
    readonly name: string;
    readonly state: 'accepted' | 'rejected' | 'unknown';
    /** Its privileges, in the target's words; null when the target does not say. */
    readonly scope: string | null;
    readonly answer: string | null;
  }[];
  readonly warnings: readonly string[];
}

/** How long a refusal is valid. After that, the route is tried again. */
export const REFUSAL_STANDS_MS = 24 * 60 * 60_000;

/** Capabilities that a person can do when no route works. */
const HANDED_OVER: ReadonlySet<CapabilityName> = new Set(['invite', 'remove', 'set_admin', 'groups']);
const NO_ROUTE: Readonly<Partial<Record<CapabilityName, string>>> = {
  rename: 'There is no call for it: people change their own name and e-mail address.',
};

/** Whether profiles can be changed, which needs the token of the target's own SCIM. Pure. */
export function hasOwnScim(routes: readonly CapabilityRoute[]): boolean {
  return routes.some((route) => route.capability === 'rename');
}

/** The table for operators, one row for each capability. Pure. */
export function summarize(routes: readonly CapabilityRoute[]): readonly Capability[] {
  return CAPABILITIES.map((name) => {
    const own = routes.filter((route) => route.capability === name);
    const best =
      own.find((route) => route.state === 'available') ?? own.find((route) => route.state === 'not_tried');
    if (best !== undefined) {
      const { state, route, answer, at } = best;
      return { name, state, route, answer, at, routes: own };
    }
    const [last] = own.toSorted((a, b) => (b.at ?? 0) - (a.at ?? 0));
    const route = HANDED_OVER.has(name) ? 'task' : null;
    const answer = last?.answer ?? NO_ROUTE[name] ?? null;
    return { name, state: 'refused', route, answer, at: last?.at ?? null, routes: own };
  });
}
