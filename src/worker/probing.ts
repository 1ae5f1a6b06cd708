/**
 * When to look at what can be done on Mode: at the start, when an operator asks, and when a refusal has become old. What
 * turns out different makes everything that waits for people due again.
 */
import type { CapabilityStore } from '../provisioning/capability-book.ts';
import type { WorkContext } from './work-context.ts';

/** How often it is asked whether an operator wants to know. */
const ASK_MS = 2_000;

export interface Probing {
  /** @throws TargetError when Mode fails; it is due then as before */
  ifDue(): Promise<void>;
}

export function createProbing(context: WorkContext, requests: CapabilityStore): Probing {
  const { workspace, store, target, clock, log } = context;
  const { capabilities } = target;
  let probedAt: number | null = null;
  let askedAt = -Infinity;

  async function wanted(): Promise<boolean> {
    const now = clock.now();
    if (now - askedAt < ASK_MS) return false;
    askedAt = now;
    const requestedAt = await requests.probeAskedAt(workspace);
    return requestedAt !== null && requestedAt > (probedAt ?? 0);
  }

  async function look(afresh: boolean): Promise<void> {
    const startedAt = clock.now();
    const before = capabilities.version;
    if (afresh) await capabilities.forgetRefusals();
    const findings = await target.probe();
    await capabilities.probed(findings);
    probedAt = startedAt;
    for (const warning of findings.warnings) log.warn({ warning }, 'about the workspace');
    const refused = capabilities.routes().filter((row) => row.state === 'refused');
    log.info(
      { refused: refused.map(({ capability, route }) => `${capability}: ${route}`) },
      'looked at Mode',
    );
    if (capabilities.version !== before) await store.unparkJobs(workspace, clock.now());
  }

  return {
    ifDue: async () => {
      if (probedAt === null) {
        await capabilities.load();
        const stored = (await requests.probe(workspace))?.probedAt ?? 0;
        const requestedAt = await requests.probeAskedAt(workspace);
        await look(capabilities.isStale() || (requestedAt ?? 0) > stored);
      } else if (capabilities.isStale() || (await wanted())) {
        await look(true);
      }
    },
  };
}
