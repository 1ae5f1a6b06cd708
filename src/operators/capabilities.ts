/** The capabilities of the credentials of a workspace, from the last probe and later calls. */
import { summarize, type CapabilityRoute, type Findings } from '../provisioning/capability/capability.ts';
import type { CapabilityStore } from '../provisioning/capability/capability-book.ts';

export interface CapabilityReport {
  /** Null before the first probe. Milliseconds since the epoch. */
  readonly probedAt: number | null;
  /** Empty before the first probe. */
  readonly capabilities: ReturnType<typeof summarize>;
  readonly credentials: Findings['credentials'];
  readonly warnings: Findings['warnings'];
}

export async function readCapabilities(workspace: string, store: CapabilityStore): Promise<CapabilityReport> {
  const probe = await store.probe(workspace);
  const routes: readonly CapabilityRoute[] = await store.routes(workspace);
  return {
    probedAt: probe?.probedAt ?? null,
    capabilities: routes.length === 0 ? [] : summarize(routes),
    credentials: probe?.findings.credentials ?? [],
    warnings: probe?.findings.warnings ?? [],
  };
}
