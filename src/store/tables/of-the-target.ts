/**
 * Tables about the target, or about work on it, which are emptied when a target is forgotten. A test compares these
 * lists with the database, so that a new table is in one of them.
 */
import type { Database } from './schema.ts';

export const OF_THE_TARGET = [
  'observed_group_members',
  'observed_groups',
  'observed_members',
  'links',
  'deliveries',
  'read_times',
  'capability_routes',
  'probes',
  'tasks',
  'holds',
  'removed_on_mode',
  'invites',
  'last_written',
  'observed_resources',
  'observed_permissions',
  'observed_activity',
  'target_facts',
  'plans',
  'undo_plans',
] as const satisfies readonly (keyof Database)[];
