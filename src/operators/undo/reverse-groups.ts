/** What an undo sets back of groups: whether there is one, and its name. Pure. */
import { foldText } from '../../directory/fold.ts';
import type { KnownGroup } from './known.ts';
import type { NotUndone, NotUndoneCode } from './not-undone.ts';
import type { Restored } from './restored.ts';
import type { IsOwn, Reversal } from './reversal.ts';
import type { GroupTouch } from './touches.ts';
import type { UndoLog } from './undo-log.ts';

export function reverseGroups(log: UndoLog, isOwn: IsOwn): Reversal {
  const restored: Restored[] = [];
  const notUndone: NotUndone[] = [];
  const { groups } = log;
  const holders = Map.groupBy(groups.current.keys(), (id) => keyOf(groups.now(id)));
  const replaced = new Set(
    [...groups.changed].flatMap((id) =>
      groups.then(id) !== undefined && groups.now(id) === undefined && !log.deletedByUndo.has(id)
        ? [keyOf(groups.then(id))]
        : [],
    ),
  );

  function reverseGroup(id: string, touch: GroupTouch): void {
    const subject = { kind: 'group', id } as const;
    const [then, now] = [groups.then(id), groups.now(id)];
    const name = (now ?? then)?.name ?? '';
    const leave = (what: NotUndone['what'], code: NotUndoneCode) =>
      notUndone.push({ code, subject, name, group: null, what });
    const restore = (what: 'group' | 'group_name', from: Restored['from'], to: Restored['to']) =>
      restored.push({ what, subject, userId: null, name, group: null, from, to });
    const isTaken = (holder: KnownGroup) => (holders.get(keyOf(holder)) ?? []).some((other) => other !== id);

    if (now === undefined) {
      if (then === undefined || touch.deleted !== true) return;
      if (!log.deletedByUndo.has(id)) leave('group', 'deleted_by_idp');
      else if (isTaken(then)) leave('group', 'name_taken');
      else {
        restore('group', false, true);
        leave('group', 'new_group');
      }
      return;
    }
    if (then === undefined) {
      if (touch.created !== true) return;
      if (replaced.has(keyOf(now))) leave('group', 'pushed_again');
      else if (log.isStated('group', id)) leave('group', 'stated_since');
      else restore('group', true, false);
      return;
    }
    if (touch.renamed !== true || then.name === now.name) return;
    if (log.isStated('group_name', id)) leave('group_name', 'stated_since');
    else if (isTaken(then)) leave('group_name', 'name_taken');
    else restore('group_name', now.name, then.name);
  }

  for (const [id, touch] of log.touchedGroups) if (isOwn({ kind: 'group', id })) reverseGroup(id, touch);
  return { restored, notUndone };
}

/** Names are compared without regard to case. */
function keyOf(group: KnownGroup | undefined): string {
  return foldText((group?.name ?? '').trim());
}
