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
  const touched = [...log.touchedUsers].filter(([id]) => isOwn({ kind: 'user', id }));
  const replaced = replacedUsers(log);
  const holders = holdersOf(log);
  const refused = new Set<string>();
  // Who keeps an address because another has theirs may have one that a third was to get back.
  for (;;) {
    const results = touched.map(([id, touch]) => reverseUser(log, id, touch, { replaced, refused }));
    const more = conflicting(log, holders, results).filter((id) => !refused.has(id));
    for (const id of more) refused.add(id);
    if (more.length > 0) continue;
    return {
      restored: results.flatMap(({ restored }) => restored),
      notUndone: results.flatMap(({ notUndone }) => notUndone),
    };
  }
}

interface UserResult extends Reversal {
  readonly id: string;
  /** The address under which the person is wanted after the undo; null: they are not, or have none. */
  readonly address: string | null;
}

interface Others {
  /** Names and addresses of users who were deleted since. */
  readonly replaced: ReadonlySet<string>;
  /** Users who cannot have their access or their address back, because another has the address. */
  readonly refused: ReadonlySet<string>;
}

function reverseUser(log: UndoLog, id: string, touch: UserTouch, { replaced, refused }: Others): UserResult {
  const subject = { kind: 'user', id } as const;
  const [then, now] = [log.users.then(id), log.users.now(id)];
  const name = nameOf(now ?? then);
  const restored: Restored[] = [];
  const notUndone: NotUndone[] = [];
  const leave = (what: NotUndone['what'], code: NotUndoneCode) =>
    notUndone.push({ code, subject, name, group: null, what });
  const restore = (what: 'access' | 'role' | 'address', from: Restored['from'], to: Restored['to']) =>
    restored.push({ what, subject, userId: null, name, group: null, from, to });
  const result = (user: Pick<KnownUser, 'active' | 'email'> | undefined): UserResult => {
    const address = user?.active === true ? (user.email ?? null) : null;
    return { id, address: address === null ? null : foldAddress(address), restored, notUndone };
  };

  const wanted = then?.active ?? touch.access?.from ?? false;
  if (now === undefined) {
    if (wanted) leave('access', 'deleted_by_idp');
    return result(now);
  }
  if (then === undefined && isReplacing(now, replaced)) {
    leave('access', 'pushed_again');
    return result(now);
  }
  let { active, email } = now;
  if (touch.access !== undefined && active !== wanted) {
    if (log.isStated('access', id)) leave('access', 'stated_since');
    else if (wanted && refused.has(id)) leave('access', 'address_taken');
    else {
      restore('access', active, wanted);
      active = wanted;
    }
  }
  if (!active && !wanted && touch.removed === true && touch.access?.from === true && then !== undefined)
    leave('access', 'not_wanted_before');
  // What somebody without access has otherwise is of no consequence until the IdP states it.
  if (!active) return result({ active, email });
  const address = addressOf(touch, then, now);
  if (address !== undefined) {
    if (log.isStated('address', id)) leave('address', 'stated_since');
    else if (refused.has(id)) leave('address', 'address_taken');
    else {
      restore('address', email ?? null, address);
      email = address;
    }
  }
  // The role of somebody who was not wanted was not in force: Mode had its own.
  const stated = then?.active === true ? then.admin : null;
  const role = touch.role === undefined ? null : (stated ?? touch.role.from ?? null);
  // Whom the IdP has never named a role comes back without one.
  const isSame = role === now.admin || (role === false && now.admin === null);
  if (role !== null && !isSame) {
    if (log.isStated('role', id)) leave('role', 'stated_since');
    else restore('role', now.admin, role);
  }
  if (touch.name === true && then?.fullName != null && then.fullName !== now.fullName)
    leave('name', 'name_not_kept');
  return result({ active, email });
}

/** Users who would get an address back that another has after the undo, and did not have before the window. */
function conflicting(
  { users }: UndoLog,
  holders: ReadonlyMap<string, ReadonlySet<string>>,
  results: readonly UserResult[],
): readonly string[] {
  const after = new Map(results.map(({ id, address }) => [id, address]));
  const byAddress = Map.groupBy(results, ({ address }) => address);
  return results.flatMap(({ id, address, restored }) => {
    if (address === null || !restored.some(({ what }) => what !== 'role')) return [];
    const others = [
      ...(byAddress.get(address) ?? []).map((result) => result.id),
      ...[...(holders.get(address) ?? [])].filter((holder) => !after.has(holder)),
    ];
    const isTaken = others.some((other) => {
      const then = users.then(other);
      return other !== id && !(then?.active === true && foldAddress(then.email ?? '') === address);
    });
    return isTaken ? [id] : [];
  });
}

/** The address to set back; undefined: it is not another one, or not known. */
function addressOf({ address }: UserTouch, then: KnownUser | undefined, now: KnownUser): string | undefined {
  if (address === undefined) return undefined;
  // As with the role: of somebody who was not wanted, Mode had its own.
  const before = then?.active === true ? (then.email ?? address.from) : (address.from ?? then?.email);
  return before == null || foldAddress(before) === foldAddress(now.email ?? '') ? undefined : before;
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
