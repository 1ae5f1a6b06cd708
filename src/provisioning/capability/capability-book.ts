/**
 * The capabilities of one workspace while the bridge runs: read from memory, and stored with every change. A refused
 * route is not tried again until the refusal is old, an operator asks, or the credentials change.
 */
import type { Clock } from '../../clock.ts';
import {
  REFUSAL_STANDS_MS,
  type CapabilityName,
  type CapabilityRoute,
  type Findings,
  type RouteState,
} from './capability.ts';

/** A route that has worked counts as refused only after this many refusals in a row. */
const REFUSALS_IN_A_ROW = 3;
const MAX_ANSWER = 500;

/** These are always tried, even after a refusal: nothing works without the first, and no removal is skipped. */
const ALWAYS_TRIED: ReadonlySet<CapabilityName> = new Set(['list_members', 'remove']);

/** The last probe of the target, and its findings. */
export interface Probe {
  /** Identifies the credentials and URLs. When it changes, refused routes are tried again. */
  readonly fingerprint: string;
  readonly probedAt: number;
  /** Refusals before this instant do not count: those routes are tried again. */
  readonly afreshAt: number;
  readonly findings: Findings;
}

/** The port to the stored table. Each write is atomic and durable when it resolves. */
export interface CapabilityStore {
  routes(workspace: string): Promise<readonly CapabilityRoute[]>;
  /** Adds or changes these. */
  saveRoutes(workspace: string, routes: readonly CapabilityRoute[]): Promise<void>;
  /** Drops all others. */
  replaceRoutes(workspace: string, routes: readonly CapabilityRoute[]): Promise<void>;
  probe(workspace: string): Promise<Probe | undefined>;
  saveProbe(workspace: string, probe: Probe): Promise<void>;
  /** When an operator last asked for a probe; null: never. */
  probeAskedAt(workspace: string): Promise<number | null>;
  askForProbe(workspace: string, at: number): Promise<void>;
}

export interface CapabilityBook {
  /** Loads the stored table. Without it, every route is untried. */
  load(): Promise<void>;
  routes(): readonly CapabilityRoute[];
  /**
   * Routes to try, best first: routes that have worked, untried routes, and refused routes of capabilities that are
   * always tried.
   */
  open(capability: CapabilityName): readonly string[];
  state(capability: CapabilityName, route: string): RouteState;
  served(capability: CapabilityName, route: string): Promise<void>;
  refused(capability: CapabilityName, route: string, answer: string): Promise<void>;
  /**
   * Runs one attempt at a time while no route of the capability has worked yet. After that, attempts run in parallel.
   */
  trying<T>(capability: CapabilityName, work: () => Promise<T>): Promise<T>;
  /** Refused routes are tried again. */
  forgetRefusals(): Promise<void>;
  /** Whether a refusal is so old that the route must be tried again. */
  isStale(): boolean;
  /** Increases with every change of a route's state. */
  readonly version: number;
  /** Refusals from before are tried again. */
  readonly afreshAt: number;
  probed(findings: Findings): Promise<void>;
  /** Whether the bridge has the token of the target's own SCIM. */
  readonly ownsManaged: boolean;
}

export interface BookOptions {
  readonly workspace: string;
  /** All routes with these settings, best first. */
  readonly declared: readonly Pick<CapabilityRoute, 'capability' | 'route'>[];
  readonly fingerprint: string;
  readonly ownsManaged: boolean;
  readonly clock: Clock;
  /** undefined: nothing is stored. */
  readonly store: CapabilityStore | undefined;
}

export function createCapabilityBook(options: BookOptions): CapabilityBook {
  const { workspace, fingerprint, ownsManaged, clock, store } = options;
  const key = (capability: CapabilityName, route: string) => `${capability} ${route}`;
  const blank = options.declared.map((route): CapabilityRoute => {
    return { ...route, state: 'not_tried', answer: null, at: null };
  });
  const rows = new Map(blank.map((row) => [key(row.capability, row.route), row]));
  const inARow = new Map<string, number>();
  const lines = new Map<CapabilityName, Promise<unknown>>();
  let version = 0;
  let afreshAt = 0;

  async function set(row: CapabilityRoute): Promise<void> {
    const at = key(row.capability, row.route);
    if (rows.get(at)?.state !== row.state) version += 1;
    rows.set(at, row);
    await store?.saveRoutes(workspace, [row]);
  }

  function known(capability: CapabilityName, route: string): CapabilityRoute {
    const row = rows.get(key(capability, route));
    if (row === undefined) throw new Error(`The route "${route}" to ${capability} is not declared.`);
    return row;
  }

  return {
    ownsManaged,
    get version() {
      return version;
    },
    get afreshAt() {
      return afreshAt;
    },
    routes: () => [...rows.values()],
    state: (capability, route) => known(capability, route).state,

    load: async () => {
      if (store === undefined) return;
      const [remembered, probe] = [await store.routes(workspace), await store.probe(workspace)];
      if (probe?.fingerprint === fingerprint) {
        // An instant in the future was written by a wrong clock.
        afreshAt = Math.min(probe.afreshAt, clock.now());
        for (const row of remembered) {
          const at = key(row.capability, row.route);
          if (rows.has(at)) rows.set(at, row);
        }
      }
      await store.replaceRoutes(workspace, [...rows.values()]);
    },

    open: (capability) => {
      const own = [...rows.values()].filter((row) => row.capability === capability);
      const of = (state: RouteState) => own.filter((row) => row.state === state).map((row) => row.route);
      const refused = ALWAYS_TRIED.has(capability) ? of('refused') : [];
      return [...of('available'), ...of('not_tried'), ...refused];
    },

    served: async (capability, route) => {
      inARow.delete(key(capability, route));
      if (known(capability, route).state === 'available') return;
      await set({ capability, route, state: 'available', answer: null, at: clock.now() });
    },

    refused: async (capability, route, answer) => {
      const at = key(capability, route);
      const count = (inARow.get(at) ?? 0) + 1;
      inARow.set(at, count);
      if (known(capability, route).state === 'available' && count < REFUSALS_IN_A_ROW) return;
      const words = answer.slice(0, MAX_ANSWER);
      await set({ capability, route, state: 'refused', answer: words, at: clock.now() });
    },

    trying: (capability, work) => {
      const own = [...rows.values()].filter((row) => row.capability === capability);
      if (own.some((row) => row.state === 'available')) return work();
      const line = (lines.get(capability) ?? Promise.resolve()).then(work, work);
      lines.set(
        capability,
        line.catch(() => undefined),
      );
      return line;
    },

    forgetRefusals: async () => {
      const refused = [...rows.values()].filter((row) => row.state === 'refused');
      for (const row of refused) await set({ ...row, state: 'not_tried' });
      inARow.clear();
      afreshAt = clock.now();
    },

    isStale: () => {
      const now = clock.now();
      const isOld = (at: number) => at <= now - REFUSAL_STANDS_MS || at > now;
      return [...rows.values()].some((row) => row.state === 'refused' && isOld(row.at ?? 0));
    },

    probed: async (findings) => {
      await store?.saveProbe(workspace, { fingerprint, probedAt: clock.now(), afreshAt, findings });
    },
  };
}
