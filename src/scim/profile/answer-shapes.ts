/** Where clients want different answers (facts: idp-behaviour.md section 8), what each connection gets. */
import type { AnswerShapeName, IdpProfile } from '../../directory/access/idp-profile.ts';

/**
 * How much discovery describes, each with all that the ones before it have. `core`: RFC 7643 and RFC 9865. `usual`: the
 * Mode extensions, and roles and entitlements as draft-ietf-scim-roles-entitlements has them, in ways that a strict
 * client can read. `okta`: roles and entitlements under Okta's schemas, too. `full`: what the service provider
 * configuration has from drafts and from RFC 9967.
 */
export const DISCOVERY_SCOPES = ['core', 'usual', 'okta', 'full'] as const;
export type DiscoveryScope = (typeof DISCOVERY_SCOPES)[number];

export interface AnswerShape {
  /** The status of a PATCH that succeeded: 200 has the resource, 204 has nothing. */
  readonly patchedUser: 200 | 204;
  readonly patchedGroup: 200 | 204;
  /** Whether resources have the extension that tells what is known of them on Mode. */
  readonly onMode: boolean;
  readonly discovery: DiscoveryScope;
}

/** Okta and Entra take either for people and document 204 for groups; some clients parse what a user PATCH says. */
const USUAL: AnswerShape = { patchedUser: 200, patchedGroup: 204, onMode: true, discovery: 'usual' };
/** Okta's apps with entitlement management look for Okta's own schemas. */
const OKTA: AnswerShape = { ...USUAL, discovery: 'okta' };

const CHANGES: Readonly<Record<AnswerShapeName, Partial<AnswerShape>>> = {
  'always-body': { patchedGroup: 200 },
  'never-body': { patchedUser: 204 },
  // For clients that compare `schemas` with what they sent, or know the standard's attributes only.
  'core-only': { onMode: false, discovery: 'core' },
  'full-discovery': { discovery: 'full' },
};

export function answerShape(profile: IdpProfile, shapes: readonly AnswerShapeName[]): AnswerShape {
  const shape = profile === 'okta-patch' || profile === 'okta-put' ? OKTA : USUAL;
  return shapes.reduce<AnswerShape>((before, name) => ({ ...before, ...CHANGES[name] }), shape);
}
