/**
 * Why a subject is not as the IdP wants it: the closed list. Codes are stable and stored, and are converted to
 * sentences where a person reads them (docs/reasons.md is generated from this list). `{target}` is the name of the
 * target.
 */
export const REASONS = {
  // The IdP's data is not sufficient, or two users match one account.
  no_email: 'The user has no e-mail address, and {target} invites by e-mail.',
  same_email: 'The user {userName} has the same e-mail, and {target} allows one person for each e-mail.',
  account_of_leaver:
    '{target} still has the account of {userName}, who left and had the e-mail {email}. The user is invited when that account is removed.',
  several_accounts: '{target} lists {count} members with the e-mail {email}: link one of them.',

  // Accounts and groups that the target had before.
  account_link_dropped:
    '{target} has a member with the e-mail {email}: the link to it was dropped; "links set" makes it again.',
  account_not_adopted:
    '{target} has a member with the e-mail {email}: adoption is off; "links set" takes it over.',
  group_link_dropped:
    '{target} has a group named "{group}": the link to it was dropped; "links set" makes it again.',
  group_not_adopted: '{target} has a group named "{group}": adoption is off; "links set" takes it over.',

  // Accounts and groups that the bridge does not change.
  last_admin: 'The account is the last admin of the workspace: make another one first.',
  protected_account: 'The account {account} is protected: it owns an API key that the bridge uses.',
  protected_person: 'The account {account} is protected by a setting: it keeps its membership and its role.',
  managed_account: "The member is managed by {target}'s own SCIM.",
  managed_group: '{target}\'s group "{group}" is managed by {target}\'s own SCIM.',
  fixed_group: '{target}\'s group "{group}" is built in or managed by {target}\'s own SCIM.',
  address_of_protected_account:
    'The address of the account {account} is not changed to {email}: the account owns an API key that the bridge uses.',
  address_of_protected_person:
    'The address of the account {account} is not changed to {email}: the account is protected by a setting.',
  address_of_last_admin:
    'The address of the account {account} is not changed to {email}: it is the last admin of the workspace.',
  address_not_confirmed:
    'The address of the account {account} is not changed to {email}: {target} had the account before, and no operator has confirmed that it is this user\'s. "links set" confirms it.',
  address_taken_back: 'The account {account} belongs to an address that the IdP has taken back.',

  // The connection's state.
  connection_shadow: 'The connection is in shadow: nothing is sent to {target} until it is live.',
  connection_paused: 'The connection is paused: nothing is sent to {target} until it is resumed.',

  // Operations that wait for a decision.
  too_many_removals:
    'There are more than {count} removals, and more than {percent} %, within {minutes} minutes. Approve or reject the removal with "holds", or have the IdP take it back.',
  removal_rejected:
    'An operator rejected the removal: the access stays until the IdP takes the removal back.',

  // Limits of the policy.
  domain_not_allowed: 'The address {email} is not used: the domain {domain} is not allowed.',
  member_limit:
    'The workspace has reached the configured limit of {limit} members and pending invites. The invite is sent when there is room.',
  // Why a plan has a step.
  plan_invite: 'The IdP wants the user, and {target} has no account with the e-mail {email}.',
  plan_reinvite: 'The invite of {email} was not accepted in time: it is sent again.',
  plan_reinstate: 'The IdP wants the user, and the account {account} is not in the workspace any more.',
  plan_remove: 'The IdP has deactivated or deleted the user.',
  plan_make_admin: 'The IdP gives the user the admin role.',
  plan_unmake_admin: 'The IdP gives the user no admin role.',
  plan_update_profile: 'The IdP has another name or address for the user.',
  plan_adopt_account: '{target} had the account {account} before: it has the e-mail of the user.',
  plan_adopt_group: '{target} had a group of this name before: its members become those of the IdP.',
  plan_create_group: 'The IdP pushes the group, and {target} has none of this name.',
  plan_rename_group: 'The IdP has another name for the group.',
  plan_delete_group: 'The IdP has deleted the group.',
  plan_add_member: 'The IdP has the user in the group.',
  plan_remove_member: 'The IdP does not have the user in the group.',
  plan_undo: 'An operator undoes what was done in {target} from {from} to {to}.',

  // What the rest waits for.
  invite_pending: 'The invite is not accepted yet.',
  invite_not_accepted:
    'The invite was sent {sends} times, last on {day}, and is not accepted. Ask the person, or send the invite in {target}.',
  invite_answer: '{target} said: {answer}',
  no_seat:
    '{target} has no free seat: the workspace has reached its seat limit. The invite is sent when a seat is free.',
  members_leaving: 'Some members are leaving the workspace, and with it the group.',
  members_pending: 'Some members are not active in {target} yet.',

  // Groups.
  same_group: 'The group {group} is matched with the same group of {target}.',
  several_groups: '{target} has {count} groups named "{group}": rename all but one.',
  group_name_taken: '{target} has another group named "{group}": rename or delete it.',

  // Steps for a person, and why the bridge cannot do them.
  task_invite: 'Invite {email} to the workspace.',
  task_reinvite: 'Send the invite of {email} again.',
  task_reinstate: 'Let the former member {email} back into the workspace.',
  task_remove_member: 'Remove {account} from the workspace: still {state}.',
  task_make_admin: 'Make {account} an admin of the workspace.',
  task_unmake_admin: 'Take the admin role from {account}.',
  task_create_group: 'Create the group "{group}".',
  task_rename_group: 'Rename the group "{from}" to "{group}".',
  task_delete_group: 'Delete the group "{group}".',
  task_set_group_members: 'In the group "{group}", {changes}.',
  step_refused: '{answer}',
  task_open: 'Task {task}.',
  task_closed: 'Task {task} was closed by hand.',

  // Failures of the target.
  target_unauthorized: '{answer}',
  target_forbidden: '{answer}',
  target_not_found: '{answer}',
  target_refused: '{answer}',
  target_rate_limited: '{answer}',
  target_no_seat: '{answer}',
  target_unavailable: '{answer}',

  // The bridge.
  bridge_stopped: 'The bridge was stopped.',
  bridge_failed: 'The bridge failed. Its log has the error.',
  earlier_version: '{text}',
} as const;

export type ReasonCode = keyof typeof REASONS;
