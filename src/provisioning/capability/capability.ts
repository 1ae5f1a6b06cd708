/**
 * What can be done on the target, and by which route: a table, remembered. A route is tried by a read, or by the
 * first real operation that needs it; never by a write that nobody asked for.
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

/** One way to one capability. */
export interface CapabilityRoute {
  readonly capability: CapabilityName;
  /** As the target names it, e.g. "inviter key". */
  readonly route: string;
  readonly state: RouteState;
  /** The target's own words; null when there were none. */
  readonly answer: string | null;
  /** When it was last tried, in milliseconds since the epoch; null: never. */
  readonly at: number | null;
}

export interface Capability {
  readonly name: CapabilityName;
  readonly state: RouteState;
  /** What serves it, or will be tried; `task` when it is handed to people, null when nothing serves it. */
  readonly route: string | null;
  readonly answer: string | null;
  readonly at: number | null;
  /** All of its routes, best first. */
  readonly routes: readonly CapabilityRoute[];
}

/** What a look at the target's own settings and at the credentials found, for operators. */
export interface Findings {
  readonly credentials: readonly {
    /** As settings name it, e.g. "main key". */
    readonly name: string;
    readonly state: 'accepted' | 'rejected' | 'unknown';
    /** What it may, as the target calls it; null when it does not say. */
    readonly scope: string | null;
    readonly answer: string | null;
  }[];
  readonly warnings: readonly string[];
}

/** How long a refusal is believed before the route is tried again. */
export const REFUSAL_STANDS_MS = 24 * 60 * 60_000;

/** What a person does when no route is left. */
const HANDED_OVER: ReadonlySet<CapabilityName> = new Set(['invite', 'remove', 'set_admin', 'groups']);
const NO_ROUTE: Readonly<Partial<Record<CapabilityName, string>>> = {
  rename: 'There is no call for it: people change their own name and e-mail address.',
};

/** Whether there is the token of the target's own SCIM: nothing else changes people's profiles. Pure. */
export function hasOwnScim(routes: readonly CapabilityRoute[]): boolean {
  return routes.some((route) => route.capability === 'rename');
}

/** The table as it is shown, one row for each capability. Pure. */
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
