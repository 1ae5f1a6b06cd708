/** The settings of a connection's policy; part of the table of settings. */
import type { Setting } from './setting.ts';
import { addresses, domains, numberFrom } from './setting-values.ts';

export const policySettings = {
  breakerCount: {
    name: 'BRIDGE_BREAKER_COUNT',
    description:
      'Removals are held until a person decides when there are more than this number, and more than BRIDGE_BREAKER_PERCENT',
    fallback: '5',
    parse: numberFrom(0, 1_000_000),
  },
  breakerPercent: {
    name: 'BRIDGE_BREAKER_PERCENT',
    description:
      'Percentage of the people, admins, groups, or members of one group that may be removed without a decision of a person',
    fallback: '10',
    parse: numberFrom(0, 100),
  },
  breakerWindowMinutes: {
    name: 'BRIDGE_BREAKER_WINDOW_MINUTES',
    description: 'How long a removal counts, in time during which a bridge works for the workspace',
    fallback: '60',
    parse: numberFrom(1, 10_080),
  },
  protectedEmails: {
    name: 'BRIDGE_PROTECTED',
    description:
      'E-mail addresses of people who are never removed, demoted or given another address, separated by commas',
    fallback: '',
    parse: addresses,
  },
  allowedDomains: {
    name: 'BRIDGE_ALLOWED_DOMAINS',
    description:
      'Domains of the addresses that may be invited or taken over, separated by commas; sub-domains must be listed separately. When not set, every domain is allowed',
    fallback: '',
    parse: domains,
  },
  maxMembers: {
    name: 'BRIDGE_MAX_MEMBERS',
    description:
      'Invites wait while the workspace has this many members and pending invites; no limit, when not set',
    parse: numberFrom(1, 10_000_000),
  },
  restoreWindowSeconds: {
    name: 'BRIDGE_RESTORE_WINDOW_SECONDS',
    description:
      'A reactivation gives back what the IdP took from the person within this number of seconds before or after the deactivation; 0: only what it has not taken away',
    fallback: '0',
    parse: numberFrom(0, 86_400),
  },
} as const satisfies Record<string, Setting<unknown>>;
