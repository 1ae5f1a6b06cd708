/** What the IdP stated in the window, and the bridge has not done in Mode: an undo leaves it, and says so. Pure. */
import type { PlannedStep, StepKind } from '../../provisioning/dry-run/planned-step.ts';
import { membershipOf } from './known.ts';
import type { NotUndone } from './not-undone.ts';
import type { UndoLog } from './undo-log.ts';

/** What of the person or the group a step changes; a step that is not here changes nothing that an undo could set back. */
const WHAT: Readonly<Partial<Record<StepKind, 'access' | 'role' | 'member' | 'group' | 'group_name'>>> = {
  remove: 'access',
  invite: 'access',
  set_role: 'role',
  remove_member: 'member',
  add_member: 'member',
  delete_group: 'group',
  create_group: 'group',
  rename_group: 'group_name',
};

/**
 * @param steps what the bridge has to do after the undo
 * @param added those of them that the undo itself makes
 */
export function notDoneYet(
  steps: readonly PlannedStep[],
  added: readonly PlannedStep[],
  log: UndoLog,
): readonly NotUndone[] {
  const written = new Set([...log.users.changed, ...log.groups.changed]);
  for (const key of log.members.changed) {
    const { groupId, userId } = membershipOf(key);
    written.add(groupId).add(userId);
  }
  const own = new Set(added);
  return steps.flatMap((planned): readonly NotUndone[] => {
    const { kind, step, subject, name, group } = planned;
    const what = WHAT[step ?? kind];
    // What the IdP stated after the window is no mistake of the window.
    if (what !== undefined && what !== 'member' && log.isStated(what, subject.id)) return [];
    const isOpen = kind !== 'rejected' && kind !== 'blocked' && !own.has(planned);
    return what !== undefined && isOpen && written.has(subject.id)
      ? [{ code: 'not_done_yet', subject, name, group, what }]
      : [];
  });
}
