/**
 * What would be done about the groups of a connection, without their members. Pure: all are planned again and again with
 * the steps before imagined as taken, until nothing follows.
 */
import { BridgeError } from '../../errors.ts';
import type { Subject } from '../../directory/subject.ts';
import type { Decision } from '../gate/assign.ts';
import { decideAsLive } from './decide-as-live.ts';
import { blockedBeyondTasks, blockedStep, describeStep, heldStep, taskSteps } from './describe-step.ts';
import type { DryRunGroup } from './dry-run-facts.ts';
import { MAX_ROUNDS, SUBJECTS_IN_ONE_TURN, type DryRunRules } from './dry-run-rules.ts';
import type { ImaginedGroups } from './imagined-groups.ts';
import type { PlannedStep } from './planned-step.ts';

/** The groups of the connection that are planned. */
export function groupsToPlan(
  { all }: ImaginedGroups,
  { connectionId, onlyWithJob }: DryRunRules,
): readonly DryRunGroup[] {
  return all
    .filter((group) => group.connectionId === connectionId && (group.hasJob || !onlyWithJob))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/**
 * @param groups are as after the plan when this ends
 * @yields after some groups
 */
export function* planGroups(
  groups: ImaginedGroups,
  rules: DryRunRules,
): Generator<undefined, readonly PlannedStep[]> {
  const own = groupsToPlan(groups, rules);
  const steps: PlannedStep[] = [];
  const last = new Map<string, Decision>();
  let planned = 0;
  for (let round = 0, changed = true; changed; round += 1) {
    if (round === MAX_ROUNDS)
      throw new BridgeError('internal', 'The plan of the groups does not come to an end.');
    changed = false;
    for (const group of own) {
      const subject: Subject = { kind: 'group', id: group.id };
      const state = groups.stateOf(group);
      const decision = decideAsLive(
        { kind: 'group', group: state },
        rules.policy,
        rules.availableTo(subject),
        { rejected: rules.rejectedOf(subject) },
      );
      last.set(group.id, decision);
      if (
        round === 0 &&
        group.shown &&
        group.wanted &&
        decision.link !== null &&
        decision.link === group.targetGroupId
      ) {
        const operation = {
          type: 'adopt_group',
          targetGroupId: decision.link,
          name: group.name,
        } as const;
        steps.push(
          describeStep(operation, { subject, after: null, group: null, accountName: (token) => token }),
        );
      }
      for (const operation of decision.operations) {
        const words = { subject, after: round === 0 ? null : ('other steps' as const), group: group.name };
        steps.push(describeStep(operation, { ...words, accountName: (token) => token }));
        groups.apply(operation, group);
        changed = true;
      }
      if (decision.operations.length === 0 && decision.link !== state.desired.targetGroupId)
        groups.link(group, decision.link);
      planned += 1;
      if (planned % SUBJECTS_IN_ONE_TURN === 0) yield;
    }
  }
  return [...steps, ...own.flatMap((group) => rest(group, last.get(group.id)))];
}

function rest({ id, name }: DryRunGroup, decision: Decision | undefined): readonly PlannedStep[] {
  if (decision === undefined) return [];
  const subject: Subject = { kind: 'group', id };
  const words = { subject, after: null, group: name, accountName: (token: string) => token };
  const held = decision.held.map(({ operation, reason }) => heldStep(describeStep(operation, words), reason));
  const blocked = blockedBeyondTasks(decision);
  return [
    ...held,
    ...taskSteps(decision, subject, name, null),
    ...(blocked.length === 0 ? [] : [blockedStep(subject, name, blocked)]),
  ];
}
