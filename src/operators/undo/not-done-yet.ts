/** What the IdP stated in the window, the bridge has not done in Mode, and the undo cannot take back: it says so. Pure. */
import type { PlannedStep } from '../../provisioning/dry-run/planned-step.ts';
import type { NotUndone } from './not-undone.ts';
import { pendingOperation, type TokenOf } from './pending.ts';
import type { UndoLog } from './undo-log.ts';

/** What of the person or the group an operation changes. */
const WHAT: Readonly<Record<string, NotUndone['what']>> = {
  remove_member: 'access',
  invite: 'access',
  set_admin: 'role',
  update_profile: 'address',
  remove_group_member: 'member',
  add_group_member: 'member',
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
  tokenOf: TokenOf,
): readonly NotUndone[] {
  const own = new Set(added);
  return steps.flatMap((planned): readonly NotUndone[] => {
    if (planned.kind === 'rejected' || own.has(planned)) return [];
    const operation = pendingOperation(planned, tokenOf);
    // What the IdP stated after the window is no mistake of the window.
    if (operation === undefined || !log.isOfWindow(operation)) return [];
    const { subject, name, group } = planned;
    const what = WHAT[operation.data.operation] ?? 'access';
    return [{ code: 'not_done_yet', subject, name, group, what }];
  });
}
