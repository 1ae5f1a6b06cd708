/** The IdP that was detected in a connection's traffic, and warnings about its configuration. */

export const IDP_PROFILES = [
  'generic',
  'okta-patch',
  'okta-put',
  'entra',
  'entra-flag',
  'onelogin',
  'jumpcloud',
  'cyberark',
  'rippling',
  'ping',
  'keycloak',
  'authentik',
] as const;
export type IdpProfile = (typeof IDP_PROFILES)[number];

/** The response variants that an operator can pin for clients that need them. Several can be pinned together. */
export const ANSWER_SHAPES = ['always-body', 'never-body', 'core-only', 'full-discovery'] as const;
export type AnswerShapeName = (typeof ANSWER_SHAPES)[number];

/** An operator's pins for one connection. */
export interface Pins {
  /** Null: the detected IdP is used. */
  readonly pinned: IdpProfile | null;
  readonly shapes: readonly AnswerShapeName[];
}

/** The pins `pinned` and `shapes` take precedence over what was detected. */
export interface ConnectionProfile extends Pins {
  readonly connectionId: string;
  /** `generic` until the traffic shows more. */
  readonly detected: IdpProfile;
  /** The evidence in the traffic, for people. */
  readonly evidence: string | null;
}

export const WARNINGS = {
  username_not_address:
    'userName is not an e-mail address, and the user has no other: Mode cannot invite this person',
  active_not_boolean: '"active" is neither true nor false: it is mapped from the wrong attribute',
  both_dialects: 'two dialects of Entra were seen: with and without aadOptscim062020',
  role_near_miss: 'a role differs from "admin" only in case: it makes nobody an admin',
  deactivated_in_part:
    'a request that deactivated a person had other changes that cannot be applied: they were left out',
  token_without_scheme: 'the token came without "Bearer" in front of it',
} as const;
export type WarningCode = keyof typeof WARNINGS;

export interface IdpWarning {
  readonly connectionId: string;
  readonly code: WarningCode;
  /** An example of it. */
  readonly example: string;
  /** How often it was seen since the first time. */
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
}

/** The port to stored profiles and warnings. */
export interface IdpProfileStore {
  profile(connectionId: string): Promise<ConnectionProfile | undefined>;
  /** Does not change pins. */
  saveDetected(connectionId: string, detected: IdpProfile, evidence: string, at: number): Promise<void>;
  /** Replaces all pins of the connection. */
  pin(connectionId: string, pins: Pins, at: number): Promise<void>;
  warnings(connectionId: string): Promise<readonly IdpWarning[]>;
  /** Adds `times` to the count of the warning, or creates the warning. */
  addWarning(
    connectionId: string,
    warning: { readonly code: WarningCode; readonly example: string; readonly times: number },
    at: number,
  ): Promise<void>;
}
