/** The simulated Mode as a program of its own, as slow and as strict as it is told to be. */
import { startProgram } from '../servers/program.ts';

export interface SlowMode {
  readonly url: string;
  readonly calls: () => Promise<{ readonly total: number; readonly reads: number; readonly writes: number }>;
  readonly forgetCalls: () => Promise<void>;
  /** Active members and memberships in groups. */
  readonly holds: () => Promise<{ readonly members: number; readonly memberships: number }>;
  readonly stop: () => Promise<void>;
}

export async function startSlowMode(of: { latencyMs: number; perSecond: number }): Promise<SlowMode> {
  const settings = { profile: 'kind', latency_ms: of.latencyMs, rate_per_second: of.perSecond };
  const program = await startProgram(
    ['--disable-proto=delete', 'src/main.ts', 'sandbox', '--settings', JSON.stringify(settings)],
    { SANDBOX_PORT: '0', LOG_LEVEL: 'warn' },
    /Sandbox URL\s+(\S+)/,
  );
  const control = async (method: string, path: string): Promise<unknown> => {
    const response = await fetch(`${program.url}/_sandbox/${path}`, { method });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  return {
    url: program.url,
    calls: async () => {
      const { total, by_route: routes } = (await control('GET', 'counts')) as {
        total: number;
        by_route: Record<string, number>;
      };
      const reads = Object.entries(routes)
        .filter(([route]) => route.startsWith('GET '))
        .reduce((sum, [, count]) => sum + count, 0);
      return { total, reads, writes: total - reads };
    },
    forgetCalls: async () => {
      await control('DELETE', 'requests');
    },
    holds: async () => {
      const { members, groups } = (await control('GET', 'state')) as {
        members: readonly { state: string }[];
        groups: readonly { members: readonly string[] }[];
      };
      return {
        members: members.filter((member) => member.state === 'active').length,
        memberships: groups.reduce((sum, group) => sum + group.members.length, 0),
      };
    },
    stop: program.stop,
  };
}
