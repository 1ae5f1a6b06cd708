/** Checks the domain of an address before a person is invited or adopted, or gets the address. Pure. */
import type { LinkOrigin } from '../ports/link-store.ts';
import { reason, type Reason } from '../reason/reason.ts';
import type { Policy } from './policy.ts';

/** @returns why the address is not used; null when it may be. A domain is matched exactly: sub-domains must be listed. */
export function whyDomainRefused(
  email: string,
  { allowedDomains }: Pick<Policy, 'allowedDomains'>,
): Reason | null {
  if (allowedDomains === undefined || allowedDomains.size === 0) return null;
  const domain = email.trim().toLowerCase().split('@').at(-1) ?? '';
  return allowedDomains.has(domain) ? null : reason('domain_not_allowed', { email, domain });
}

/** Whether the link is more than a match of the address. */
export function isDecided(origin: LinkOrigin | null): boolean {
  return origin === 'invited' || origin === 'operator';
}
