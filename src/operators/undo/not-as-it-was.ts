/** What does not come back as it was although the directory is set back: invites, and accounts of other addresses. Pure. */
import { foldAddress } from '../../provisioning/model/fold-address.ts';
import { addressOf } from '../../provisioning/matching/matching.ts';
import { memberKey } from '../../provisioning/model/observation.ts';
import type { ObservedMember } from '../../provisioning/model/observed.ts';
import type { PlannedStep } from '../../provisioning/dry-run/planned-step.ts';
import type { Accounts } from './accounts.ts';
import type { FactsNow } from './as-undone.ts';
import type { NotUndone } from './not-undone.ts';
import type { Restored } from './restored.ts';
import type { IsOwn } from './reversal.ts';

export interface PlannedUndo {
  readonly restored: readonly Restored[];
  /** What the reversal has found already. */
  readonly notUndone: readonly NotUndone[];
  /** The steps that the undo makes, and all that there are after it. */
  readonly added: readonly PlannedStep[];
  readonly steps: readonly PlannedStep[];
}

export function notAsItWas(
  plan: PlannedUndo,
  accounts: Accounts,
  facts: FactsNow,
  isOwn: IsOwn,
): readonly NotUndone[] {
  const kept = keptAddresses(plan, facts);
  const known = { ...plan, notUndone: [...plan.notUndone, ...kept] };
  return [
    ...mustAccept(plan.added),
    ...kept,
    ...released(plan.restored),
    ...secondAccounts(known, accounts, facts, isOwn),
  ];
}

function mustAccept(steps: readonly PlannedStep[]): readonly NotUndone[] {
  return steps
    .filter(({ kind }) => kind === 'invite')
    .map(({ subject, name }) => ({ code: 'must_accept', subject, name, group: null, what: 'access' }));
}

/** People who have their earlier address in the directory again, while their account keeps its present address. */
function keptAddresses({ restored, steps }: PlannedUndo, { people }: FactsNow): readonly NotUndone[] {
  const changing = new Set(steps.filter(({ kind }) => kind !== 'set_role').map(({ subject }) => subject.id));
  const present = addressesOf(people.members.filter(isPresent));
  return restored
    .filter(({ what, subject, to }) => {
      return what === 'address' && !changing.has(subject.id) && !present.has(foldAddress(String(to)));
    })
    .map(({ subject, name }) => ({
      code: 'account_keeps_address',
      subject,
      name,
      group: null,
      what: 'address',
    }));
}

function released(restored: readonly Restored[]): readonly NotUndone[] {
  return restored
    .filter(({ what }) => what === 'account')
    .map(({ subject, from }) => ({
      code: 'account_released',
      subject,
      name: String(from),
      group: null,
      what: 'access',
    }));
}

/** Accounts that were removed in addition to the account that the person gets back. */
function secondAccounts(
  { steps, notUndone }: PlannedUndo,
  accounts: Accounts,
  { people }: FactsNow,
  isOwn: IsOwn,
): readonly NotUndone[] {
  const there = people.members.filter(isPresent);
  const present = new Set([...there.map(memberKey), ...addressesOf(there)]);
  const invited = steps.filter(({ kind, step }) => (step ?? kind) === 'invite');
  for (const { name } of invited) present.add(foldAddress(name));
  // A reason why the person has not their access, or not their address, is about all of their accounts.
  const explained = new Set(
    notUndone
      .filter(({ code, what }) => code !== 'by_hand' && (what === 'access' || what === 'address'))
      .map(({ subject }) => subject?.id),
  );
  return accounts.removed.flatMap(({ userId, token, name }): readonly NotUndone[] => {
    const subject = { kind: 'user', id: userId } as const;
    const isBack = present.has(token ?? '') || present.has(foldAddress(name));
    if (isBack || explained.has(userId) || !isOwn(subject)) return [];
    return [{ code: 'second_account', subject, name, group: null, what: 'access' }];
  });
}

function addressesOf(members: readonly ObservedMember[]): ReadonlySet<string> {
  return new Set(members.flatMap((member) => addressOf(member) ?? []));
}

function isPresent({ state }: ObservedMember): boolean {
  return state !== 'former';
}
