/**
 * Columns with times of past events that the bridge compares with now, so none can be in the future. A test checks all
 * columns of the database, so that a new instant is in this list or known to be harmless.
 */
export const PAST_INSTANTS = [
  ['jobs', 'look_after'],
  ['jobs', 'applied_at'],
  ['observed_members', 'written_at'],
  ['observed_members', 'read_at'],
  ['observed_groups', 'written_at'],
  ['observed_groups', 'read_at'],
  ['observed_groups', 'members_written_at'],
  ['observed_group_members', 'written_at'],
  ['observed_group_members', 'read_at'],
  ['deliveries', 'updated_at'],
  ['removed_on_mode', 'written_at'],
  ['last_written', 'written_at'],
  ['last_written', 'confirmed_at'],
  ['invites', 'first_sent_at'],
  ['invites', 'sent_at'],
  ['tasks', 'since'],
  ['tasks', 'tried_at'],
  ['holds', 'since'],
  ['holds', 'decided_at'],
  ['capability_routes', 'at'],
  ['probes', 'probed_at'],
  ['probes', 'afresh_at'],
  ['outages', 'since'],
] as const;
