/**
 * Decides when to probe the target: at the start, when an operator asks, and when a refusal is old. A changed
 * capability makes all jobs that wait for people due again.
 */
import type { CapabilityStore } from '../../provisioning/capability/capability-book.ts';
import type { WorkContext } from '../work-context.ts';

/** How often operators' requests are checked. */
const ASK_MS = 2_000;

export interface Probing {
  /** @throws TargetError when the target fails; the probe then stays due */
  ifDue(): Promise<void>;
  /** Makes the next probe due at once. It tries refused routes again. */
  request(): void;
}

export function createProbing(context: WorkContext, requests: CapabilityStore): Probing {
  const { workspace, store, target, clock, log } = context;
  const { capabilities } = target;
  let probed = false;
  let requested = false;
  let askedAt = -Infinity;
  /** The newest request of an operator that has been served. Requests are distinguished by their instants, whatever the clock says. */
  let metWish: number | null = null;

  async function wanted(): Promise<boolean> {
    const now = clock.monotonic();
    if (now - askedAt < ASK_MS) return false;
    askedAt = now;
    const wish = await requests.probeAskedAt(workspace);
    return wish !== null && wish !== metWish;
  }

  async function look(forgetting: boolean): Promise<void> {
    const wish = await requests.probeAskedAt(workspace);
    const before = capabilities.version;
    if (forgetting) await capabilities.forgetRefusals();
    const findings = await target.probe();
    await capabilities.probed(findings);
    probed = true;
    requested = false;
    metWish = wish;
    for (const warning of findings.warnings)
      log.warn({ warning }, 'the configuration of the workspace needs attention');
    const refused = capabilities.routes().filter((row) => row.state === 'refused');
    log.info(
      { refused: refused.map(({ capability, route }) => `${capability}: ${route}`) },
      `probed ${context.target.label}`,
    );
    if (capabilities.version !== before) await store.unparkJobs(workspace, clock.now());
  }

  return {
    ifDue: async () => {
      if (!probed) {
        await capabilities.load();
        const stored = (await requests.probe(workspace))?.probedAt ?? 0;
        const requestedAt = await requests.probeAskedAt(workspace);
        await look(capabilities.isStale() || (requestedAt ?? 0) > stored);
      } else if (requested || capabilities.isStale() || (await wanted())) {
        await look(true);
      }
    },
    request: () => {
      requested = true;
    },
  };
}
