/** Which IdP a connection's traffic looks like, and what looks wrong about how it is set up over there. */

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
  // Only ever pinned: for clients that want one shape of answers whatever the others want.
  'always-body',
  'never-body',
  'core-only',
] as const;
export type IdpProfile = (typeof IDP_PROFILES)[number];

export interface ConnectionProfile {
  readonly connectionId: string;
  /** `generic` until the traffic says more. */
  readonly detected: IdpProfile;
  /** What in the traffic said so, for people. */
  readonly evidence: string | null;
  /** What an operator has said: it stands before what was detected. */
  readonly pinned: IdpProfile | null;
}

export const WARNINGS = {
  username_not_address:
    'userName is no e-mail address, and there is no other: Mode cannot invite this person',
  active_not_boolean: '"active" is neither true nor false: it is mapped from the wrong attribute',
  both_dialects: 'two dialects of Entra were seen: with and without aadOptscim062020',
  role_near_miss: 'a role is "admin" but for its letters: it makes nobody an admin',
  deactivated_in_part:
    'a request that deactivated a person had other changes that cannot be applied: they were left out',
  token_without_scheme: 'the token came without "Bearer" in front of it',
} as const;
export type WarningCode = keyof typeof WARNINGS;

export interface IdpWarning {
  readonly connectionId: string;
  readonly code: WarningCode;
  /** One case of it. */
  readonly example: string;
  /** Times seen, since the first. */
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
}

/** The port to what remembers both. */
export interface IdpProfileStore {
  profile(connectionId: string): Promise<ConnectionProfile | undefined>;
  /** Leaves what is pinned alone. */
  saveDetected(connectionId: string, detected: IdpProfile, evidence: string, at: number): Promise<void>;
  /** @param pinned null: nothing is pinned any more */
  pin(connectionId: string, pinned: IdpProfile | null, at: number): Promise<void>;
  warnings(connectionId: string): Promise<readonly IdpWarning[]>;
  /** Adds `times` to the count of that warning, which is new when there is none. */
  addWarning(
    connectionId: string,
    warning: { readonly code: WarningCode; readonly example: string; readonly times: number },
    at: number,
  ): Promise<void>;
}
