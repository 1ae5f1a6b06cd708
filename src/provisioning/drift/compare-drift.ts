/**
 * Compares three things: what the IdP wants, what we last wrote, and what the target has. Pure. What is being made right just
 * now is no drift.
 */
import type { DriftItem, DriftState } from './drift.ts';
import { compareGroups } from './drift-groups.ts';
import { compareMembers } from './drift-members.ts';

export function compareDrift(state: DriftState): readonly DriftItem[] {
  return [...compareMembers(state), ...compareGroups(state)];
}
