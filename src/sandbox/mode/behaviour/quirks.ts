/**
 * In which ways the simulated Mode is odd: one switch for each thing that Mode's documents, or clients that were run
 * against it, say or leave open. `facts` names the row of the dossier on Mode's API: its section, or the number of a
 * quirk ("12.4") or of an open question ("13.16").
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
    member_key: choice('12.1', "What a member's key may: an admin's work, or what any member may", [
      'admin',
      'plain',
    ]),
    invite_keys: choice('12.1, 13.1', 'Which keys may invite', ['member', 'any', 'none']),
    privilege_refusal: choice(
      '1.6, 14.7',
      "How a call is refused that needs an admin's power, with a member's key that lacks it",
      [401, 403, 404],
    ),
    invite_refusal: choice(
      '12.1, 6.2',
      'How an invite with the wrong kind of key is refused',
      [400, 401, 403, 404],
    ),
    memberships: choice('12.2, 13.2', 'Which keys find /memberships; to others it is 404', [
      'workspace',
      'any',
      'none',
    ]),
    lite: choice('12.2, 13.2', 'Which keys find /memberships/lite', ['any', 'member', 'workspace', 'none']),
    lite_lists: choice('12.2, 13.21', 'Who is in it: present (active and pending), active, or all', [
      'present',
      'active',
      'all',
    ]),
    memberships_list: choice('12.13, 4.1', 'Who is in /memberships without a filter: present, or all', [
      'present',
      'all',
    ]),
    membership_fields: choice(
      '12.3',
      'What a row has besides the five sure fields: nothing, `invited` on pending ones, or all that is documented',
      ['bare', 'invited', 'documented'],
    ),
    user_email: choice('12.4', "Whether a user's record has the e-mail address; own: the key owner's only", [
      'shown',
      'own',
      'hidden',
    ]),
    ids: choice('12.5', 'How ids are written', ['string', 'number']),
    counts: choice('12.5', 'How counts are written', ['number', 'string']),
    flags: choice('12.5, 7.1', "How a group's `managed` and the root's `scim_enabled` are written", [
      'boolean',
      'string',
    ]),
    pending_state: choice('12.5, 13.6', 'The state that a person with an open invite is told in', [
      'pending',
      'invited',
      'requested',
    ]),
    page_size: Type.Integer({
      minimum: 1,
      maximum: 30,
      facts: '12.6',
      description: 'Rows of a page when `per_page` is not given; more than 30 is never given',
    }),
    next_page: choice('12.6', 'The link to the next page: to nowhere and past the end too, right, or none', [
      'lying',
      'right',
      'absent',
    ]),
    pagination: choice(
      '12.6, 14.14',
      'The `pagination` block of a page: with the fields that clients see, with the fields that Mode describes, or none',
      ['seen', 'documented', 'absent'],
    ),
    rate_headers: yesNo('1.7', 'Whether answers have `X-RateLimit-Limit` and `X-RateLimit-Remaining`'),
    writes: choice(
      '12.7, 13.4',
      'Answers to writes: 200 with the object, 201 with it and 204, or 2xx with nothing',
      ['ok', 'created', 'empty'],
    ),
    errors: choice('12.8, 14.1', 'Shapes of errors: as seen (422 by field), or as documented (never 422)', [
      'seen',
      'documented',
    ]),
    not_found: choice('12.8', 'What a 404 has in its body', ['json', 'empty']),
    edge_failure_every: Type.Integer({
      minimum: 0,
      maximum: MAX_EVERY,
      facts: '12.8',
      description: 'Every so many calls are answered 502 or 503 with a page of HTML; 0: never',
    }),
    edge_failure_applied: yesNo('12.8', 'Whether those calls were carried out nevertheless'),
    group_fields: choice(
      '7.1, 14.7',
      'What a group has: the fields of 2024, or `description` and `data_sources_count` too',
      ['bare', 'documented'],
    ),
    group_delete_seconds: seconds('12.9', 'So long a deleted group stays active'),
    deleted_group: choice('12.9', 'What GET of a deleted group tells', ['soft_deleted', 'not_found']),
    deleted_groups_listed: yesNo('12.9, 7.2', 'Whether the list of groups has deleted ones in it'),
    tombstone_trap: yesNo('12.9', 'A group with the name of a deleted one: DELETE says 200 and does nothing'),
    group_names: choice('13.14', 'A second active group of a name', ['unique', 'repeated']),
    group_member_stale_seconds: seconds('12.10', 'So long a removed member of a group is still listed'),
    group_member_late_seconds: seconds('13.19', 'So long a new member of a group is not listed yet'),
    duplicate_group_member: choice(
      '12.11',
      'Adding who is in the group already: the same membership, a second one, or refused',
      ['same', 'second', 400, 422],
    ),
    pending_group_member: choice('13.17', 'Adding a person whose invite is open', ['allowed', 404, 422]),
    invite_active: choice('12.12', 'Inviting an active member; noop: 200, and nothing happens', [
      'noop',
      400,
      422,
    ]),
    invite_pending: choice('12.12', 'Inviting a person again whose invite is open', ['resend', 400, 422]),
    invite_former: choice(
      '12.12, 13.8',
      'Inviting a former member: the old membership is pending again, a new one is, or refused',
      ['same', 'new', 400, 422],
    ),
    seat_limit_refusal: choice(
      '14.8',
      'How an invite is refused while the setting `seat_limit_reached` is on',
      [400, 403, 422],
    ),
    invitee_username: choice('12.12', 'The username until an invite is accepted: the final one, or another', [
      'final',
      'placeholder',
    ]),
    invite_expires_seconds: Type.Union([Type.Null(), Type.Number({ minimum: 1, maximum: SECONDS.maximum })], {
      facts: '12.12, 13.13',
      description: 'So long an invite can be accepted, told as `expires_at`; null: for ever, and not told',
    }),
    expired_invite: choice('12.12', 'The membership of an invite that has expired', ['pending', 'vanish']),
    membership_delete: choice('12.13', 'What is left of a removed member: the record as banned, or nothing', [
      'ban',
      'vanish',
    ]),
    removed_member_groups: choice('12.13, 13.7', 'The group memberships of a removed member', [
      'dropped',
      'kept',
    ]),
    membership_patch: choice(
      '4.6, 13.9',
      'PATCH of a membership: sets `admin`, is answered 200 and does nothing, or is refused (404)',
      ['admin', 'ignored', 'refused'],
    ),
    audit_accept: choice(
      '12.15',
      'Whether /audit_logs takes `Accept: application/hal+json`, or answers 406',
      ['json', 'any'],
    ),
    audit_envelope: choice('9.1', 'Where the list of /audit_logs stands', ['top', 'embedded']),
    audit_errors: choice(
      '1.6, 14.13',
      'Refusals of /audit_logs: 400 with JSON of its own and 401 without a body, or as everywhere',
      ['own', 'usual'],
    ),
    unknown_filter: choice('12.16', 'A `filter` that Mode does not know', ['unfiltered', 'refused']),
    anonymous_root: yesNo('12.17', 'Whether the workspace answers who has no key'),
    root_links: choice('3, 13.2', 'Whether the workspace links to its lists', ['offered', 'self']),
    managed_refusal: choice('12.18', "How writes to what Mode's own SCIM manages are refused", [403, 422]),
    everyone_group: yesNo('12.19', 'Whether there is a built-in group of everybody'),
    everyone_type: choice('12.19', 'The `group_type` of that group', ['everyone', 'default', 'system']),
    deleted_space: choice('1.6', 'What GET of a deleted collection answers', [404, 403]),
    permission_holder: choice(
      '8.4, 14.11',
      'How a permission names its holder: `accessor_type` and `accessor_token`, `member_type` and `member_token` ("account" or "User"), or each in turn',
      ['accessor', 'account', 'user', 'mixed'],
    ),
    permission_get: choice('8.3', 'What GET of one permission of a data source answers', [200, 500]),
    discovery: choice('9.2', 'Whether the plan has the Discovery API; refused: 403', ['offered', 'refused']),
  },
  { additionalProperties: false },
);
export type Quirks = Static<typeof Quirks>;
