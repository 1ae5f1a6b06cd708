/** Turns the history of a person into the chains of an explanation. Pure. */
import type {
  Caused,
  Change,
  OperationAnswer,
  OperationSummary,
  UserSummary,
} from '../../directory/change.ts';
import { ofTarget, sentences, type Reason } from '../../provisioning/reason/reason.ts';
import { describeOperation } from './describe-operation.ts';
import type { HistoryEntry } from './explain-store.ts';
import type { ChainLink, RequestFacts } from './explanation.ts';

const GIVEN_BACK = 'The IdP activated the user again, and the bridge put them back';

type Link = Pick<ChainLink, 'step' | 'text' | 'ends'>;
/** The part that a link belongs to. */
interface Placed extends Link {
  readonly of: 'access' | 'role';
}

export type RequestOf = (entry: HistoryEntry) => RequestFacts | null;

/** @param history newest first, as the store has it. @returns the oldest first */
export function personChains(
  history: readonly HistoryEntry[],
  requestOf: RequestOf,
): { readonly access: readonly ChainLink[]; readonly role: readonly ChainLink[] } {
  const entries = history.toReversed();
  const own = ownWrites(entries);
  const before: Before = { user: undefined, member: undefined };
  const chains = { access: [] as ChainLink[], role: [] as ChainLink[] };
  for (const entry of entries) {
    const { change } = entry;
    const isOwn = change.kind === 'mode.member_changed' && own.has(entry.txn);
    const links = isOwn ? [] : linksOfPerson(change, before);
    remember(change, before);
    for (const { of, ...link } of links) chains[of].push(toLink(entry, link, requestOf));
  }
  return chains;
}

/** The links of one person in one group. */
export function groupChain(history: readonly HistoryEntry[], requestOf: RequestOf): readonly ChainLink[] {
  const entries = history.toReversed();
  const own = ownWrites(entries);
  return entries.flatMap((entry) => {
    const link =
      own.has(entry.txn) && entry.change.kind.startsWith('mode.') ? null : linkOfGroup(entry.change);
    return link === null ? [] : [toLink(entry, link, requestOf)];
  });
}

function toLink(entry: HistoryEntry, link: Link, requestOf: RequestOf): ChainLink {
  const { position, at } = entry.change;
  return { position, at, ...link, request: link.step === 'request' ? requestOf(entry) : null };
}

/** A change that the target's answer to an operation caused is part of that operation. */
function ownWrites(entries: readonly HistoryEntry[]): ReadonlySet<string | null> {
  const applied = entries.filter(({ change }) => change.kind === 'operation.applied');
  return new Set(applied.flatMap(({ txn }) => txn ?? []));
}

interface Before {
  user: UserSummary | undefined;
  member: { readonly state: string; readonly admin: boolean; readonly email: string | null } | undefined;
}

function remember(change: Change, before: Before): void {
  if (change.kind === 'user.updated') before.user = change.data;
  if (change.kind === 'user.created' && change.data.owned !== false) before.user = change.data as UserSummary;
  if (change.kind === 'mode.member_changed') before.member = change.data;
}

function linksOfPerson(change: Change, before: Before): readonly Placed[] {
  switch (change.kind) {
    case 'user.created': {
      const { owned, userName = '', active, admin } = change.data;
      if (owned === false) return [access('read', `A read of {target} found the member ${userName}.`)];
      const inactive = active === false ? ', deactivated' : '';
      const text = `The IdP created the user ${userName}${inactive}.`;
      const links = [active === false ? ended('access', 'request', text) : access('request', text)];
      return admin == null ? links : [...links, role('request', `The IdP ${named(admin)}.`)];
    }
    case 'user.updated':
      return linksOfUpdate(change.data, before.user);
    case 'user.deleted':
      return change.data.owned === false
        ? [access('read', 'The bridge took the row of {target}’s own member out of its directory.')]
        : [ended('access', 'request', 'The IdP deleted the user.')];
    case 'mode.linked': {
      const token = 'memberToken' in change.data ? change.data.memberToken : null;
      const text =
        token === null
          ? 'The link to the account was dropped.'
          : `The user was matched with the account ${token}.`;
      return [access('match', text)];
    }
    case 'mode.member_changed':
      return linksOfRead(change.data, before.member);
    case 'operation.applied':
    case 'operation.refused':
      return linksOfOperation(change.data);
    case 'delivery.changed':
      return linksOfDelivery(change.data.state, change.data.reasons as readonly Reason[]);
    default:
      return [];
  }
}

function linksOfUpdate(
  data: (Change & { readonly kind: 'user.updated' })['data'],
  before: UserSummary | undefined,
): readonly Placed[] {
  const { active, email, admin, changed } = data;
  if (data.owned === false)
    return [
      ended('ownership', 'request', 'The connection that pushed the user was removed: no IdP owns them now.'),
    ];
  const links: Placed[] = [];
  if (before === undefined) {
    links.push(
      active
        ? access('request', 'The IdP wrote the user: active.')
        : ended('access', 'request', 'The IdP wrote the user: deactivated.'),
    );
    if (admin !== null) links.push(role('request', `The IdP ${named(admin)}.`));
    return links;
  }
  const { step, who } = writerOf(data);
  if (before.active !== active)
    links.push(
      active
        ? access(step, `${who} activated the user.`)
        : ended('access', step, `${who} deactivated the user.`),
    );
  if (before.email !== email)
    links.push(
      access(step, `${who} changed the address from ${before.email ?? 'none'} to ${email ?? 'none'}.`),
    );
  if (changed?.length === 0) links.push(access('request', 'The IdP took the user over as it was.'));
  if (before.admin !== admin && admin !== null) {
    const isBack = data.cause === 'given_back';
    links.push(
      role(
        step,
        isBack
          ? 'The IdP activated the user again, and the bridge gave the role back.'
          : `${who} ${named(admin)}.`,
      ),
    );
  }
  return links;
}

function linksOfRead(data: NonNullable<Before['member']>, before: Before['member']): readonly Placed[] {
  const { state, admin, email } = data;
  const links: Placed[] = [];
  if (before?.state !== state)
    links.push(access('read', `A read of {target} showed the account as ${stateText(state)}.`));
  else if (before.email !== email)
    links.push(access('read', `A read of {target} showed the address ${email ?? 'none'}.`));
  if ((before?.admin ?? false) !== admin)
    links.push(
      role(
        'read',
        `A read of {target} showed the account ${admin ? 'as an admin' : 'without the admin role'}.`,
      ),
    );
  return links;
}

function linksOfOperation(data: OperationSummary | (OperationSummary & OperationAnswer)): readonly Placed[] {
  const text = describeOperation(data);
  if (data.operation === 'set_admin') return [role('operation', text)];
  const endsRole = data.operation === 'remove_member' && 'admin' in data.changed && !('answer' in data);
  return [access('operation', text), ...(endsRole ? [role('operation', text)] : [])];
}

/** The operation before it already says `applied`. */
function linksOfDelivery(state: string, reasons: readonly Reason[]): readonly Placed[] {
  if (state === 'verified')
    return [access('delivery', 'A read of {target} confirmed that all is as the IdP wants.')];
  const why = sentences(ofTarget(reasons, '{target}'));
  return why === null ? [] : [access('delivery', `${stateOf(state)}: ${why}`)];
}

function linkOfGroup(change: Change): Link | null {
  switch (change.kind) {
    case 'group.member_added':
      return change.data.owned === false
        ? { step: 'read', text: 'A read of {target} found them in the group.' }
        : linkOfAdding(change.data);
    case 'group.member_removed':
      return change.data.owned === false
        ? { step: 'read', text: 'The bridge took them out of its copy of the group.' }
        : takenOut(change.data);
    case 'mode.group_member_added':
      return { step: 'read', text: 'A read of {target} showed them in the group.' };
    case 'mode.group_member_removed':
      return { step: 'read', text: 'A read of {target} did not show them in the group any more.' };
    case 'operation.applied':
    case 'operation.refused':
      return { step: 'operation', text: describeOperation(change.data) };
    default:
      return null;
  }
}

function linkOfAdding(data: Caused): Link {
  const { step, who } = writerOf(data);
  return { step, text: `${data.cause === 'given_back' ? GIVEN_BACK : `${who} put them`} into the group.` };
}

function takenOut(data: Caused): Link {
  const { step, who } = writerOf(data);
  return { step, text: `${who} took them out of the group.`, ends: 'membership' };
}

/** The IdP, or an operator's undo. */
function writerOf({ cause, undo = '' }: Caused): Pick<Link, 'step'> & { readonly who: string } {
  return cause === 'undone'
    ? { step: 'undo', who: `An operator's undo (plan ${undo})` }
    : { step: 'request', who: 'The IdP' };
}

function access(step: ChainLink['step'], text: string): Placed {
  return { of: 'access', step, text };
}

function ended(what: NonNullable<ChainLink['ends']>, step: ChainLink['step'], text: string): Placed {
  return { ...access(step, text), ends: what };
}

function role(step: ChainLink['step'], text: string): Placed {
  return { of: 'role', step, text };
}

function named(admin: boolean): string {
  return admin ? 'named the admin role' : 'named no admin role';
}

function stateText(state: string): string {
  return state === 'former' ? 'not in the workspace' : state;
}

function stateOf(state: string): string {
  return state.slice(0, 1).toUpperCase() + state.slice(1);
}
