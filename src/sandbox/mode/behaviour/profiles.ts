/** Profiles: named sets of settings and quirks. A correct client reaches its goal in each of them. */
import type { Quirks } from './quirks.ts';

export interface Profile {
  readonly rate_per_second: number | null;
  readonly burst: number | null;
  readonly rate_window: { readonly calls: number; readonly seconds: number } | null;
  readonly retry_after: 'seconds' | 'date' | 'none' | 'mixed';
  readonly quirks: Quirks;
}

const DAY_SECONDS = 86_400;

/** Everything that clients have seen work, without obstacles. */
const KIND: Quirks = {
  member_key: 'admin',
  privilege_refusal: 403,
  invite_keys: 'member',
  invite_refusal: 400,
  memberships: 'workspace',
  lite: 'any',
  lite_lists: 'present',
  memberships_list: 'present',
  membership_fields: 'invited',
  user_email: 'shown',
  ids: 'string',
  counts: 'number',
  flags: 'boolean',
  pending_state: 'pending',
  page_size: 20,
  next_page: 'lying',
  pagination: 'seen',
  rate_headers: true,
  writes: 'ok',
  errors: 'seen',
  not_found: 'json',
  edge_failure_every: 0,
  edge_failure_applied: false,
  group_fields: 'documented',
  group_delete_seconds: 0,
  deleted_group: 'soft_deleted',
  deleted_groups_listed: false,
  tombstone_trap: true,
  group_names: 'unique',
  group_member_stale_seconds: 0,
  group_member_late_seconds: 0,
  duplicate_group_member: 'same',
  pending_group_member: 404,
  invite_active: 422,
  invite_pending: 'resend',
  invite_former: 'same',
  seat_limit_refusal: 400,
  invitee_username: 'final',
  invite_expires_seconds: 30 * DAY_SECONDS,
  expired_invite: 'pending',
  membership_delete: 'ban',
  removed_member_groups: 'dropped',
  membership_patch: 'admin',
  audit_accept: 'json',
  audit_envelope: 'top',
  audit_errors: 'own',
  unknown_filter: 'unfiltered',
  anonymous_root: true,
  root_links: 'offered',
  managed_refusal: 403,
  everyone_group: true,
  everyone_type: 'everyone',
  deleted_space: 404,
  permission_holder: 'accessor',
  permission_get: 200,
  discovery: 'offered',
};

/**
 * Mode as it most likely is today, from its own API description first, then from what clients have observed. Nobody becomes
 * an admin through the API. The plan has no Discovery API: the plan that has it also has Mode's own SCIM.
 */
const LIKELY: Quirks = {
  ...KIND,
  privilege_refusal: 404,
  user_email: 'own',
  group_delete_seconds: 2,
  group_member_stale_seconds: 2,
  invite_active: 400,
  membership_patch: 'refused',
  deleted_space: 403,
  permission_get: 500,
  discovery: 'refused',
};

/** Only what Mode's documents promise, nothing that only clients have seen: no /memberships/lite, no way to set admins. */
const DOCUMENTED: Quirks = {
  ...KIND,
  invite_refusal: 403,
  memberships: 'any',
  lite: 'none',
  membership_fields: 'documented',
  counts: 'string',
  flags: 'string',
  next_page: 'absent',
  pagination: 'documented',
  errors: 'documented',
  deleted_group: 'not_found',
  tombstone_trap: false,
  duplicate_group_member: 400,
  invite_active: 400,
  membership_patch: 'refused',
  audit_accept: 'any',
  audit_errors: 'usual',
  unknown_filter: 'refused',
};

/**
 * All quirks with which a client can still reach its goal. There is no documented call to set an admin, so that call works
 * here, and is refused in `documented`.
 */
const HOSTILE: Quirks = {
  ...KIND,
  member_key: 'plain',
  privilege_refusal: 404,
  invite_refusal: 401,
  lite_lists: 'all',
  memberships_list: 'all',
  membership_fields: 'bare',
  user_email: 'hidden',
  ids: 'number',
  counts: 'string',
  flags: 'string',
  pending_state: 'invited',
  writes: 'created',
  not_found: 'empty',
  edge_failure_every: 40,
  edge_failure_applied: true,
  rate_headers: false,
  group_fields: 'bare',
  group_delete_seconds: 2,
  deleted_groups_listed: true,
  group_member_stale_seconds: 2,
  duplicate_group_member: 'second',
  pending_group_member: 422,
  invite_active: 'noop',
  invite_former: 'new',
  seat_limit_refusal: 422,
  invitee_username: 'placeholder',
  audit_envelope: 'embedded',
  managed_refusal: 422,
  everyone_type: 'default',
  deleted_space: 403,
  permission_holder: 'mixed',
  permission_get: 500,
  discovery: 'refused',
};

const UNLIMITED = { rate_per_second: null, burst: null, rate_window: null, retry_after: 'seconds' } as const;

/** From Mode's help page: about 4 calls per second, and 40 in ten seconds. Each key has its own limit. */
const LIMITED = {
  ...UNLIMITED,
  rate_per_second: 4,
  rate_window: { calls: 40, seconds: 10 },
} as const;

export const PROFILES = {
  likely: { ...LIMITED, quirks: LIKELY },
  kind: { ...UNLIMITED, quirks: KIND },
  documented: { ...LIMITED, quirks: DOCUMENTED },
  hostile: { ...LIMITED, retry_after: 'mixed', quirks: HOSTILE },
} as const satisfies Record<string, Profile>;

export type ProfileName = keyof typeof PROFILES;
export const PROFILE_NAMES = Object.keys(PROFILES) as ProfileName[];
