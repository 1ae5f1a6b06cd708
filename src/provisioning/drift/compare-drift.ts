/**
 * Compares three things: what the IdP wants, what we last wrote, and what the target has. Pure. A difference that a job
 * is about to correct is not drift.
 */
import type { DriftItem, DriftState } from './drift.ts';
import { compareGroups } from './drift-groups.ts';
import { compareMembers } from './drift-members.ts';

export function compareDrift(state: DriftState): readonly DriftItem[] {
  const held = new Set([...state.users, ...state.groups].flatMap(({ id, held: is }) => (is ? [id] : [])));
  return [...compareMembers(state), ...compareGroups(state)].map((item) =>
    item.subject !== null && item.class !== 'ignored' && held.has(item.subject.id)
      ? { ...item, class: 'held' }
      : item,
  );
}
