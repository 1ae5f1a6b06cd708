/** Counts the calls to Mode by route and status. Routes are patterns from a closed list, never paths. */
export interface CallCount {
  readonly method: string;
  readonly route: string;
  /** As text; `none` when there was no response. */
  readonly status: string;
  readonly count: number;
}

export interface CallCounts {
  readonly count: (call: {
    readonly method: string;
    readonly route: string;
    readonly status: number | null;
  }) => void;
  all(): readonly CallCount[];
}

export function countCalls(): CallCounts {
  const counts = new Map<string, CallCount>();
  return {
    count: ({ method, route, status: code }) => {
      const status = code === null ? 'none' : String(code);
      const key = `${method} ${route} ${status}`;
      const { count } = counts.get(key) ?? { count: 0 };
      counts.set(key, { method, route, status, count: count + 1 });
    },
    all: () => [...counts.values()],
  };
}
