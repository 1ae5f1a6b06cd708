/** A leaver as JSON: what the admin API, `leavers --json` and the evidence files have. */
import { Type, type Static } from 'typebox';
import type { LeaverEvidence, TimedLeaver } from '../operators/leavers.ts';
import { At, Count, instant, Text } from './instant.ts';
import { viewRequest } from './request-view.ts';

const SECOND_MS = 1_000;

export const LeaverView = Type.Object({
  id: Type.String(),
  user_id: Type.String(),
  name: Type.String({ description: 'The userName at the time of the request' }),
  connection: Type.String({ description: 'The id of the connection' }),
  cause: Type.Enum(['deactivated', 'deleted']),
  request_id: Text,
  asked_at: At,
  removed_at: Type.Union([At, Type.Null()], {
    description: 'When Mode last accepted the removal; null: not yet, or there was no account',
  }),
  verified_at: Type.Union([At, Type.Null()], {
    description: 'When a read of Mode showed that the person has no access',
  }),
  cancelled_at: Type.Union([At, Type.Null()], {
    description: 'When the IdP reactivated the person, or the connection was removed',
  }),
  state: Type.Enum(['verified', 'cancelled', 'removed', 'waiting'], {
    description: 'removed: Mode accepted the removal, and no read has shown it yet',
  }),
  seconds: Type.Number({ minimum: 0, description: 'From the request to the read, or until now' }),
  overdue: Type.Boolean({ description: 'Whether that is above the objective' }),
});
export type LeaverView = Static<typeof LeaverView>;

export const OverdueView = Type.Object(
  { objective_minutes: Count, overdue: Count, oldest: Type.Array(LeaverView) },
  {
    description:
      'People who left longer ago than the objective allows, and who may still have access: no read has shown their removal',
  },
);

export function viewLeaver(leaver: TimedLeaver): LeaverView {
  return {
    id: leaver.id,
    user_id: leaver.userId,
    name: leaver.name,
    connection: leaver.connectionId,
    cause: leaver.cause,
    request_id: leaver.requestId,
    asked_at: instant(leaver.askedAt),
    removed_at: instant(leaver.removedAt),
    verified_at: instant(leaver.verifiedAt),
    cancelled_at: instant(leaver.cancelledAt),
    state: leaver.state,
    seconds: leaver.tookMs / SECOND_MS,
    overdue: leaver.overdue,
  };
}

/** All evidence of when a person lost their access, for an auditor. */
export function viewEvidence({ leaver, objectiveMs, request, changes }: LeaverEvidence): object {
  const { workspace, account } = leaver;
  return {
    workspace,
    leaver: viewLeaver(leaver),
    objective_minutes: minutes(objectiveMs),
    /** The request, from the request log; null when the log has deleted it. */
    request: request === undefined ? null : viewRequest(request),
    operation:
      leaver.removedAt === null
        ? null
        : { type: 'remove_member', account, answer: 'accepted', at: instant(leaver.removedAt) },
    read_back: leaver.verifiedAt === null ? null : { account: 'absent', at: instant(leaver.verifiedAt) },
    history: changes.map(({ position, at, kind, data }) => ({
      position: String(position),
      at: instant(at),
      kind,
      data,
    })),
  };
}

export function minutes(ms: number): number {
  return Math.round(ms / (60 * SECOND_MS));
}
