/** What an undo sets back of people: their access, their role and their address. Pure. */
import { foldText } from '../../directory/fold.ts';
import { foldAddress } from '../../provisioning/model/fold-address.ts';
import { nameOf, type KnownUser } from './known.ts';
import type { NotUndone, NotUndoneCode } from './not-undone.ts';
import type { Restored } from './restored.ts';
import type { IsOwn, Reversal } from './reversal.ts';
import type { UserTouch } from './touches.ts';
import type { UndoLog } from './undo-log.ts';

export function reverseUsers(log: UndoLog, isOwn: IsOwn): Reversal {
  const restored: Restored[] = [];
  const notUndone: NotUndone[] = [];
  const holders = holdersOf(log);
  const replaced = replacedUsers(log);

  function reverseUser(id: string, touch: UserTouch): void {
    const subject = { kind: 'user', id } as const;
    const [then, now] = [log.users.then(id), log.users.now(id)];
    const name = nameOf(now ?? then);
    const leave = (what: NotUndone['what'], code: NotUndoneCode) =>
      notUndone.push({ code, subject, name, group: null, what });
    const restore = (what: 'access' | 'role' | 'address', from: Restored['from'], to: Restored['to']) =>
      restored.push({ what, subject, userId: null, name, group: null, from, to });

    const wanted = then?.active ?? touch.access?.from ?? false;
    if (now === undefined) {
      if (wanted) leave('access', 'deleted_by_idp');
      return;
    }
    if (then === undefined && isReplacing(now, replaced)) {
      leave('access', 'pushed_again');
      return;
    }
    const address = addressOf(touch, then, now);
    const isTaken = (email: string | null | undefined) =>
      email != null && [...(holders.get(foldAddress(email)) ?? [])].some((holder) => holder !== id);

    let isActive = now.active;
    if (touch.access !== undefined && now.active !== wanted) {
      if (log.isStated('access', id)) leave('access', 'stated_since');
      else if (wanted && isTaken(address ?? now.email)) leave('access', 'address_taken');
      else {
        restore('access', now.active, wanted);
        isActive = wanted;
      }
    }
    // What somebody without access has otherwise is of no consequence until the IdP states it.
    if (!isActive) return;
    if (address !== undefined) {
      if (log.isStated('address', id)) leave('address', 'stated_since');
      else if (isTaken(address)) leave('address', 'address_taken');
      else restore('address', now.email ?? null, address);
    }
    const role = touch.role === undefined ? null : (then?.admin ?? touch.role.from ?? null);
    if (role !== null && role !== now.admin) {
      if (log.isStated('role', id)) leave('role', 'stated_since');
      else restore('role', now.admin, role);
    }
    if (touch.name === true && then?.fullName != null && then.fullName !== now.fullName)
      leave('name', 'name_not_kept');
  }

  for (const [id, touch] of log.touchedUsers) if (isOwn({ kind: 'user', id })) reverseUser(id, touch);
  return { restored, notUndone };
}

/** The address to set back; undefined: it is not another one, or not known. */
function addressOf({ address }: UserTouch, then: KnownUser | undefined, now: KnownUser): string | undefined {
  if (address === undefined) return undefined;
  const before = then === undefined ? undefined : (then.email ?? address.from);
  return before === undefined || foldAddress(before) === foldAddress(now.email ?? '') ? undefined : before;
}

/** Who has each address now, among those who are wanted. */
function holdersOf({ users }: UndoLog): ReadonlyMap<string, ReadonlySet<string>> {
  const holders = new Map<string, Set<string>>();
  for (const [id, { active, email }] of users.current) {
    if (!active || email == null) continue;
    const key = foldAddress(email);
    holders.set(key, (holders.get(key) ?? new Set()).add(id));
  }
  return holders;
}

/** Names and addresses, before the window, of users who were deleted since. */
function replacedUsers({ users }: UndoLog): ReadonlySet<string> {
  const names = new Set<string>();
  for (const id of users.changed) {
    const then = users.then(id);
    if (then === undefined || users.now(id) !== undefined) continue;
    for (const name of namesOf(then)) names.add(name);
  }
  return names;
}

function isReplacing(user: KnownUser, replaced: ReadonlySet<string>): boolean {
  return namesOf(user).some((name) => replaced.has(name));
}

function namesOf({ userName, email }: KnownUser): readonly string[] {
  return [`name ${foldText(userName.trim())}`, ...(email == null ? [] : [`address ${foldAddress(email)}`])];
}
