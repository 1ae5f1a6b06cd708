/** Named worlds: what the simulated Mode is like as a whole. In each of them a correct client reaches its goal. */
import type { Quirks } from './quirks.ts';

export interface Profile {
  readonly rate_per_second: number | null;
  readonly burst: number | null;
  readonly retry_after: 'seconds' | 'date' | 'none' | 'mixed';
  readonly quirks: Quirks;
}

const DAY_SECONDS = 86_400;

/** All that clients have seen work, and nothing in anybody's way. */
const KIND: Quirks = {
  member_key: 'admin',
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
  pagination: true,
  writes: 'ok',
  errors: 'seen',
  not_found: 'json',
  edge_failure_every: 0,
  edge_failure_applied: false,
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
  invitee_username: 'final',
  invite_expires_seconds: null,
  expired_invite: 'pending',
  membership_delete: 'ban',
  removed_member_groups: 'dropped',
  membership_patch: 'admin',
  audit_accept: 'json',
  audit_envelope: 'top',
  unknown_filter: 'unfiltered',
  anonymous_root: true,
  root_links: 'offered',
  managed_refusal: 403,
  everyone_group: true,
  everyone_type: 'everyone',
  deleted_space: 404,
  permission_get: 200,
  discovery: 'offered',
};

/** What Mode's own documents promise, and nothing that only clients have seen: no light list, no way to an admin. */
const DOCUMENTED: Quirks = {
  ...KIND,
  invite_refusal: 403,
  memberships: 'any',
  lite: 'none',
  membership_fields: 'documented',
  counts: 'string',
  flags: 'string',
  next_page: 'absent',
  pagination: false,
  errors: 'documented',
  deleted_group: 'not_found',
  tombstone_trap: false,
  duplicate_group_member: 400,
  invite_active: 400,
  invite_expires_seconds: 30 * DAY_SECONDS,
  membership_patch: 'refused',
  audit_accept: 'any',
  unknown_filter: 'refused',
};

/**
 * Everything at once that the goal can bear. The role of an admin has no documented call: it stays open here, and is
 * closed in `documented`.
 */
const HOSTILE: Quirks = {
  ...KIND,
  member_key: 'plain',
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
  group_delete_seconds: 2,
  deleted_groups_listed: true,
  group_member_stale_seconds: 2,
  duplicate_group_member: 'second',
  pending_group_member: 422,
  invite_active: 'noop',
  invite_former: 'new',
  invitee_username: 'placeholder',
  invite_expires_seconds: 30 * DAY_SECONDS,
  audit_envelope: 'embedded',
  managed_refusal: 422,
  everyone_type: 'default',
  deleted_space: 403,
  permission_get: 500,
  discovery: 'refused',
};

const UNLIMITED = { rate_per_second: null, burst: null, retry_after: 'seconds' } as const;

export const PROFILES = {
  kind: { ...UNLIMITED, quirks: KIND },
  documented: { ...UNLIMITED, quirks: DOCUMENTED },
  hostile: { rate_per_second: 200, burst: 100, retry_after: 'mixed', quirks: HOSTILE },
} as const satisfies Record<string, Profile>;

export type ProfileName = keyof typeof PROFILES;
export const PROFILE_NAMES = Object.keys(PROFILES) as ProfileName[];
