/** Converts the configured policy of each connection of a workspace to provisioning's types. */
import type { PolicyConfig, WorkspaceConfig } from '../config/config.ts';
import type { ConnectionPolicy } from '../provisioning/plan/policy.ts';

const MINUTE_MS = 60_000;

/**
 * @returns the policy of the connection of this name; for a connection that is not described, the policy of the
 * workspace
 */
export function policyOf({
  connections,
  policy: otherwise,
}: Pick<WorkspaceConfig, 'connections' | 'policy'>): (connection: string | undefined) => ConnectionPolicy {
  const policies = new Map(connections.map(({ name, policy }) => [name, toPolicy(policy)]));
  const fallback = toPolicy(otherwise);
  return (connection) => policies.get(connection ?? '') ?? fallback;
}

function toPolicy(config: PolicyConfig): ConnectionPolicy {
  return {
    breaker: {
      count: config.breakerCount,
      percent: config.breakerPercent,
      windowMs: config.breakerWindowMinutes * MINUTE_MS,
    },
    protectedEmails: new Set(config.protectedEmails),
    allowedDomains: new Set(config.allowedDomains),
    maxMembers: config.maxMembers ?? null,
  };
}
