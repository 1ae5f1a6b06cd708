/**
 * The quirks of the simulated Mode: one for each behaviour that Mode's documents, or clients that run against it, describe
 * or leave open. `facts` names the row in the notes on Mode's API: a section, a known quirk ("12.4") or an open question
 * ("13.16").
 */
import { Type, type Static } from 'typebox';

const SECONDS = { minimum: 0, maximum: 31_536_000 } as const;
const MAX_EVERY = 1_000_000;

function choice<const V extends (string | number)[]>(
  facts: string,
  description: string,
  values: readonly [...V],
) {
  return Type.Enum(values, { facts, description });
}
const yesNo = (facts: string, description: string) => Type.Boolean({ facts, description });
const seconds = (facts: string, description: string) => Type.Number({ facts, description, ...SECONDS });

export const Quirks = Type.Object(
  {
    member_key: choice(
      '12.1',
      'What the member API key can do: everything that an admin can, or only what any member can',
      ['admin', 'plain'],
    ),
    invite_keys: choice('12.1, 13.1', 'Keys that can send invites', ['member', 'any', 'none']),
    privilege_refusal: choice(
      '1.6, 14.7',
      'Status of a call that requires an admin, made with a member key that lacks the privilege',
      [401, 403, 404],
    ),
    invite_refusal: choice(
      '12.1, 6.2',
      'Status of an invite sent with the wrong kind of key',
      [400, 401, 403, 404],
    ),
    memberships: choice('12.2, 13.2', 'Keys that can read /memberships; other keys get 404', [
      'workspace',
      'any',
      'none',
    ]),
    lite: choice('12.2, 13.2', 'Keys that can read /memberships/lite; other keys get 404', [
      'any',
      'member',
      'workspace',
      'none',
    ]),
    lite_lists: choice(
      '12.2, 13.21',
      'Members in /memberships/lite: present (active and pending), active only, or all (former members too)',
      ['present', 'active', 'all'],
    ),
    memberships_list: choice(
      '12.13, 4.1',
      'Members in /memberships without a filter: present (active and pending), or all (former members too)',
      ['present', 'all'],
    ),
    membership_fields: choice(
      '12.3',
      'Optional fields of a membership: none; `invited` and `managed_by_scim`, only where true; or every documented field',
      ['bare', 'invited', 'documented'],
    ),
    user_email: choice(
      '12.4',
      "Whether a user record contains the e-mail address; own: only the record of the key's owner",
      ['shown', 'own', 'hidden'],
    ),
    ids: choice('12.5', 'JSON type of ids', ['string', 'number']),
    counts: choice('12.5', 'JSON type of counts', ['number', 'string']),
    flags: choice('12.5, 7.1', "JSON type of a group's `managed` and the workspace's `scim_enabled`", [
      'boolean',
      'string',
    ]),
    pending_state: choice('12.5, 13.6', '`state` of a member with an open invite', [
      'pending',
      'invited',
      'requested',
    ]),
    page_size: Type.Integer({
      minimum: 1,
      maximum: 30,
      facts: '12.6',
      description: 'Default page size, used when `per_page` is missing; the maximum is always 30',
    }),
    next_page: choice(
      '12.6',
      '`next_page` link: lying (to a page that does not exist, and also on the last page), right, or absent',
      ['lying', 'right', 'absent'],
    ),
    pagination: choice(
      '12.6, 14.14',
      '`pagination` object of a page: the fields that clients have observed, the documented fields, or absent',
      ['seen', 'documented', 'absent'],
    ),
    rate_headers: yesNo('1.7', 'Whether responses have `X-RateLimit-Limit` and `X-RateLimit-Remaining`'),
    writes: choice(
      '12.7, 13.4',
      'Success of a write: 200 with the object; 201 with the object for POST and 204 for others; or 201 and 204, both without a body',
      ['ok', 'created', 'empty'],
    ),
    errors: choice(
      '12.8, 14.1',
      'Error format: as clients have observed (422 with messages for each field), or as documented (never 422)',
      ['seen', 'documented'],
    ),
    not_found: choice('12.8', 'Body of a 404', ['json', 'empty']),
    edge_failure_every: Type.Integer({
      minimum: 0,
      maximum: MAX_EVERY,
      facts: '12.8',
      description: 'Every Nth call fails with 502 or 503 and an HTML page; 0: never',
    }),
    edge_failure_applied: yesNo(
      '12.8',
      'Whether a call that fails because of `edge_failure_every` is still applied',
    ),
    group_fields: choice(
      '7.1, 14.7',
      'Fields of a group: those of 2024, or also `description` and `data_sources_count`',
      ['bare', 'documented'],
    ),
    group_delete_seconds: seconds('12.9', 'How long a deleted group stays active'),
    deleted_group: choice('12.9', 'Response to GET of a deleted group: the group with its state, or 404', [
      'soft_deleted',
      'not_found',
    ]),
    deleted_groups_listed: yesNo('12.9, 7.2', 'Whether the list of groups includes deleted groups'),
    tombstone_trap: yesNo(
      '12.9',
      'Whether DELETE of a group that has the name of a deleted group returns 200 and does nothing',
    ),
    group_names: choice('13.14', 'Whether two active groups can have the same name', ['unique', 'repeated']),
    group_member_stale_seconds: seconds('12.10', 'How long a removed group member is still listed'),
    group_member_late_seconds: seconds('13.19', 'How long a new group member is not listed yet'),
    duplicate_group_member: choice(
      '12.11',
      'Adding a member who is already in the group: returns the existing membership, creates a second one, or is rejected with this status',
      ['same', 'second', 400, 422],
    ),
    pending_group_member: choice(
      '13.17',
      'Adding a person with an open invite to a group: allowed, or rejected with this status',
      ['allowed', 404, 422],
    ),
    invite_active: choice(
      '12.12',
      'Inviting an active member: noop (200, nothing happens), or rejected with this status',
      ['noop', 400, 422],
    ),
    invite_pending: choice(
      '12.12',
      'Inviting a person who has an open invite: sends the invite again, or is rejected with this status',
      ['resend', 400, 422],
    ),
    invite_former: choice(
      '12.12, 13.8',
      'Inviting a former member: the old membership becomes pending, a new one is created, or rejected with this status',
      ['same', 'new', 400, 422],
    ),
    seat_limit_refusal: choice(
      '14.8',
      'Status of an invite while the setting `seat_limit_reached` is true',
      [400, 403, 422],
    ),
    invitee_username: choice(
      '12.12',
      'Username until the invite is accepted: the final one, or a placeholder',
      ['final', 'placeholder'],
    ),
    invite_expires_seconds: Type.Union([Type.Null(), Type.Number({ minimum: 1, maximum: SECONDS.maximum })], {
      facts: '12.12, 13.13',
      description:
        'How long an invite can be accepted (shown as `expires_at`); null: it never expires and has no `expires_at`',
    }),
    expired_invite: choice('12.12', 'Membership of an expired invite: stays pending, or vanishes', [
      'pending',
      'vanish',
    ]),
    membership_delete: choice('12.13', 'Record of a removed member: kept as banned, or deleted', [
      'ban',
      'vanish',
    ]),
    removed_member_groups: choice('12.13, 13.7', 'Group memberships of a removed member', [
      'dropped',
      'kept',
    ]),
    membership_patch: choice(
      '4.6, 13.9',
      'PATCH of a membership: sets `admin`, is ignored (200, nothing happens), or is refused (404)',
      ['admin', 'ignored', 'refused'],
    ),
    audit_accept: choice(
      '12.15',
      '`Accept` header of /audit_logs: json (406 for `application/hal+json`), or any',
      ['json', 'any'],
    ),
    audit_envelope: choice('9.1', 'Where /audit_logs puts its list: at the top level, or under `_embedded`', [
      'top',
      'embedded',
    ]),
    audit_errors: choice(
      '1.6, 14.13',
      'Errors of /audit_logs: own (400 in its own JSON format, 401 without a body), or usual (as in the rest of the API)',
      ['own', 'usual'],
    ),
    unknown_filter: choice(
      '12.16',
      'An unknown `filter`: ignored, so that the list is not filtered, or rejected with 400',
      ['unfiltered', 'refused'],
    ),
    anonymous_root: yesNo('12.17', 'Whether the workspace can be read without a key'),
    root_links: choice('3, 13.2', 'Whether the workspace links to its lists, or only to itself', [
      'offered',
      'self',
    ]),
    managed_refusal: choice(
      '12.18',
      "Status of a write to a member or group that Mode's own SCIM manages",
      [403, 422],
    ),
    everyone_group: yesNo('12.19', 'Whether the built-in group of all active members exists'),
    everyone_type: choice('12.19', '`group_type` of the built-in group', ['everyone', 'default', 'system']),
    deleted_space: choice('1.6', 'Status of GET of a deleted collection', [404, 403]),
    permission_holder: choice(
      '8.4, 14.11',
      'Fields that name the holder of a permission: `accessor_type` and `accessor_token`; `member_type` ("account" or "User") and `member_token`; or a mix',
      ['accessor', 'account', 'user', 'mixed'],
    ),
    permission_get: choice('8.3', 'Status of GET of one permission of a data source', [200, 500]),
    discovery: choice('9.2', 'Whether the plan includes the Discovery API; refused: 403', [
      'offered',
      'refused',
    ]),
  },
  { additionalProperties: false },
);
export type Quirks = Static<typeof Quirks>;
