/** What ends each reason, and who can do it: the other half of an explanation. A new code needs a step here to compile. */
import type { ReasonCode } from '../../provisioning/reason/reasons.ts';

const NOTHING_TO_DO = 'Nothing has to be done: the bridge tries again by itself.';
const SETTING = 'It ends when the setting changes, or when the IdP takes the change back.';
const IN_MODE = 'Do it in Mode ("tasks list" has the link): the next read of Mode shows it.';
const REFUSED =
  'The bridge tries again with longer and longer pauses; what has to change is in the words of Mode.';
const MANAGED = "Change it through Mode's own SCIM, or give the bridge the token of that SCIM.";
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

  last_admin: 'Make somebody else an admin: then the bridge goes on by itself.',
  protected_account: 'Use an API key of another account, or have the IdP take the change back.',
  protected_person: SETTING,
  managed_account: MANAGED,
  managed_group: MANAGED,
  fixed_group: 'Rename the group in the IdP: Mode does not let anybody change this one.',
  address_of_protected_account: 'Use an API key of another account, or have the IdP take the address back.',
  address_of_protected_person: SETTING,
  address_of_last_admin: 'Make somebody else an admin: then the bridge goes on by itself.',
  address_not_confirmed: DECIDE_LINK,
  address_taken_back: 'The bridge removes it as soon as it may.',

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

  too_many_removals: 'Approve or reject it with "holds", or have the IdP take it back.',
  removal_rejected: 'Have the IdP take the removal back, or approve it with "holds approve".',

  domain_not_allowed: 'Add the domain to the allowed ones, or have the IdP send another address.',
  member_limit: 'Raise the limit, or wait until somebody leaves.',

  invite_pending: 'They have to accept the invite that Mode sent them.',
  invite_not_accepted: 'Ask them to accept the invite, or send it again in Mode.',
  invite_answer: REFUSED,
  no_seat: 'Buy a seat in Mode, or wait until somebody leaves.',
  members_leaving: NOTHING_TO_DO,
  members_pending: 'Each is added when they are active in Mode.',

  same_group: 'Rename or delete one of the two groups in the IdP.',
  several_groups: 'Rename all but one of the groups in Mode.',
  group_name_taken: 'Rename or delete the other group in Mode.',

  task_invite: IN_MODE,
  task_reinvite: IN_MODE,
  task_reinstate: IN_MODE,
  task_remove_member: IN_MODE,
  task_make_admin: IN_MODE,
  task_unmake_admin: IN_MODE,
  task_create_group: IN_MODE,
  task_rename_group: IN_MODE,
  task_delete_group: IN_MODE,
  task_set_group_members: IN_MODE,
  step_refused: IN_MODE,
  task_open: IN_MODE,
  task_closed: 'Somebody said that it is done, and no read of Mode shows it.',

  target_unauthorized: 'Give the bridge an API key that Mode accepts.',
  target_forbidden: 'Give the bridge an API key that may do it, or do it in Mode.',
  target_not_found: REFUSED,
  target_refused: REFUSED,
  target_rate_limited: NOTHING_TO_DO,
  target_no_seat: 'Buy a seat in Mode, or wait until somebody leaves.',
  target_unavailable: NOTHING_TO_DO,

  bridge_stopped: 'Start the bridge.',
  bridge_failed: 'Look at the log of the bridge.',
  earlier_version: 'An earlier version of the bridge stored this text.',
};
