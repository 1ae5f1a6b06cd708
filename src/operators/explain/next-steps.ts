/**
 * What ends each reason, and who can do it: the other half of an explanation. A new code needs a step here to compile. `{target}`
 * is the name of the target, as in the sentences of reasons.
 */
import type { ReasonCode } from '../../provisioning/reason/reasons.ts';

const NOTHING_TO_DO = 'Nothing: the bridge tries again automatically.';
const SETTING = 'It ends when the setting changes, or when the IdP takes the change back.';
const ON_TARGET = 'Do it in {target} ("tasks list" has the link): the next read of {target} shows it.';
const REFUSED =
  'The bridge tries again with increasing pauses. The message of {target} says what must change.';
const MANAGED = "Change it through {target}'s own SCIM, or give the bridge the token of that SCIM.";
const PLANNED = 'The bridge does it when the connection is live.';
const DECIDE_LINK = 'Decide it with "links set".';

export const NEXT_STEPS: Readonly<Record<ReasonCode, string>> = {
  no_email: 'Have the IdP send an e-mail address.',
  same_email: 'Give one of the two users another address in the IdP, or deactivate one.',
  account_of_leaver: NOTHING_TO_DO,
  several_accounts: DECIDE_LINK,

  account_link_dropped: DECIDE_LINK,
  account_not_adopted: DECIDE_LINK,
  group_link_dropped: DECIDE_LINK,
  group_not_adopted: DECIDE_LINK,

  last_admin: 'Make somebody else an admin. The bridge then continues automatically.',
  protected_account: 'Use an API key of another account, or have the IdP take the change back.',
  protected_person: SETTING,
  managed_account: MANAGED,
  managed_group: MANAGED,
  fixed_group: 'Rename the group in the IdP: nobody can change this group in {target}.',
  address_of_protected_account: 'Use an API key of another account, or have the IdP take the address back.',
  address_of_protected_person: SETTING,
  address_of_last_admin: 'Make somebody else an admin. The bridge then continues automatically.',
  address_not_confirmed: DECIDE_LINK,
  address_taken_back: 'The bridge removes it as soon as possible.',

  connection_shadow: 'Make the connection live.',
  connection_paused: 'Resume the connection.',

  plan_invite: PLANNED,
  plan_reinvite: PLANNED,
  plan_reinstate: PLANNED,
  plan_remove: PLANNED,
  plan_make_admin: PLANNED,
  plan_unmake_admin: PLANNED,
  plan_update_profile: PLANNED,
  plan_adopt_account: PLANNED,
  plan_adopt_group: PLANNED,
  plan_create_group: PLANNED,
  plan_rename_group: PLANNED,
  plan_delete_group: PLANNED,
  plan_add_member: PLANNED,
  plan_remove_member: PLANNED,
  plan_undo: 'The bridge does it when the plan of the undo is applied.',

  too_many_removals: 'Approve or reject it with "holds", or have the IdP take it back.',
  removal_rejected: 'Have the IdP take the removal back, or approve it with "holds approve".',

  domain_not_allowed: 'Add the domain to the allowed ones, or have the IdP send another address.',
  member_limit: 'Raise the limit, or wait until somebody leaves.',

  invite_pending: 'They have to accept the invite that {target} sent them.',
  invite_not_accepted: 'Ask them to accept the invite, or send it again in {target}.',
  invite_answer: REFUSED,
  no_seat: 'Buy a seat in {target}, or wait until somebody leaves.',
  members_leaving: NOTHING_TO_DO,
  members_pending: 'Each is added when they are active in {target}.',

  same_group: 'Rename or delete one of the two groups in the IdP.',
  several_groups: 'Rename all but one of the groups in {target}.',
  group_name_taken: 'Rename or delete the other group in {target}.',

  task_invite: ON_TARGET,
  task_reinvite: ON_TARGET,
  task_reinstate: ON_TARGET,
  task_remove_member: ON_TARGET,
  task_make_admin: ON_TARGET,
  task_unmake_admin: ON_TARGET,
  task_create_group: ON_TARGET,
  task_rename_group: ON_TARGET,
  task_delete_group: ON_TARGET,
  task_set_group_members: ON_TARGET,
  step_refused: ON_TARGET,
  task_open: ON_TARGET,
  task_closed: 'A person closed the task, and no read of {target} shows that it is done.',

  target_unauthorized: 'Give the bridge an API key that {target} accepts.',
  target_forbidden: 'Give the bridge an API key with the privilege, or do it in {target}.',
  target_not_found: REFUSED,
  target_refused: REFUSED,
  target_rate_limited: NOTHING_TO_DO,
  target_no_seat: 'Buy a seat in {target}, or wait until somebody leaves.',
  target_unavailable: NOTHING_TO_DO,

  bridge_stopped: 'Start the bridge.',
  bridge_failed: 'Look at the log of the bridge.',
  earlier_version: 'An earlier version of the bridge stored this text.',
};
