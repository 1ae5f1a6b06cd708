/** The response variants for clients that need different ones (facts: idp-behaviour.md section 8). */
import type { AnswerShapeName, IdpProfile } from '../../directory/access/idp-profile.ts';

/**
 * How much discovery describes. Each scope includes the ones before it. `core`: RFC 7643 and RFC 9865. `usual`: also the
 * Mode extensions, and the roles and entitlements of draft-ietf-scim-roles-entitlements in a form that a strict client can
 * parse. `okta`: also roles and entitlements under Okta's schemas. `full`: also the parts of the service provider
 * configuration that come from drafts and RFC 9967.
 */
export const DISCOVERY_SCOPES = ['core', 'usual', 'okta', 'full'] as const;
export type DiscoveryScope = (typeof DISCOVERY_SCOPES)[number];

export interface AnswerShape {
  /** The status of a successful PATCH: 200 returns the resource, 204 has no body. */
  readonly patchedUser: 200 | 204;
  readonly patchedGroup: 200 | 204;
  /** Whether resources have the extension with their state on Mode. */
  readonly onMode: boolean;
  readonly discovery: DiscoveryScope;
}

/** Okta and Entra accept either status for users and document 204 for groups. Some clients parse the body of a user PATCH. */
const USUAL: AnswerShape = { patchedUser: 200, patchedGroup: 204, onMode: true, discovery: 'usual' };
/** Okta apps with entitlement management look for Okta's own schemas. */
const OKTA: AnswerShape = { ...USUAL, discovery: 'okta' };

const CHANGES: Readonly<Record<AnswerShapeName, Partial<AnswerShape>>> = {
  'always-body': { patchedGroup: 200 },
  'never-body': { patchedUser: 204 },
  // For clients that compare `schemas` with what they sent, or know only standard attributes.
  'core-only': { onMode: false, discovery: 'core' },
  'full-discovery': { discovery: 'full' },
};

export function answerShape(profile: IdpProfile, shapes: readonly AnswerShapeName[]): AnswerShape {
  const shape = profile === 'okta-patch' || profile === 'okta-put' ? OKTA : USUAL;
  return shapes.reduce<AnswerShape>((before, name) => ({ ...before, ...CHANGES[name] }), shape);
}
