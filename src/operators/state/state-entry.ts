/** One line of a state: a person, a group, or a member of a group; and how two states differ. Pure. */
export interface StateEntry {
  /** What the IdP wanted, or what the target had. */
  readonly side: 'idp' | 'mode';
  readonly what: 'person' | 'group' | 'member';
  /** Of a member: the name of the group; else empty. */
  readonly group: string;
  /** The userName in the IdP, the e-mail on the target, or the name of the group. */
  readonly name: string;
  /** The role of a person, or that they are invited; else empty. */
  readonly detail: string;
}

export type StateDifference =
  | { readonly change: 'added' | 'removed'; readonly entry: StateEntry }
  /** The detail is another. */
  | { readonly change: 'changed'; readonly entry: StateEntry; readonly before: string };

const KINDS: readonly StateEntry['what'][] = ['person', 'group', 'member'];

/** The order of entries of one side, kind and group; code points, so that every machine has one order. */
export function compareNames(a: StateEntry, b: StateEntry): number {
  return compareText(a.name, b.name) || compareText(a.detail, b.detail);
}

/** By side, kind, group and name. */
function compareKeys(a: StateEntry, b: StateEntry): number {
  return (
    compareText(a.side, b.side) ||
    KINDS.indexOf(a.what) - KINDS.indexOf(b.what) ||
    compareText(a.group, b.group) ||
    compareText(a.name, b.name)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** @param before and `after` are sorted by side, kind, group and name, and are read once, in parallel */
export function* diffEntries(
  before: Generator<StateEntry>,
  after: Generator<StateEntry>,
): Generator<StateDifference> {
  let [old, now] = [before.next(), after.next()];
  while (old.done !== true || now.done !== true) {
    const order = old.done === true ? 1 : now.done === true ? -1 : compareKeys(old.value, now.value);
    if (order < 0 && old.done !== true) yield { change: 'removed', entry: old.value };
    if (order > 0 && now.done !== true) yield { change: 'added', entry: now.value };
    if (order === 0 && old.done !== true && now.done !== true && old.value.detail !== now.value.detail)
      yield { change: 'changed', entry: now.value, before: old.value.detail };
    if (order <= 0) old = before.next();
    if (order >= 0) now = after.next();
  }
}
