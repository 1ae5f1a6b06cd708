/** The status of a workspace as JSON: what `GET /admin/api/status` and `status --json` return. */
import { Type, type Static } from 'typebox';
import { CONNECTION_STATES } from '../directory/access/connection.ts';
import { ANSWER_SHAPES, WARNINGS } from '../directory/access/idp-profile.ts';
import type { ConnectionReport, WorkspaceReport } from '../operators/status.ts';
import { CallsLeft, factWarnings, viewCallsLeft } from './calls-left.ts';
import { CapabilityView, viewCapabilities } from './capability-view.ts';
import { Count, Instant, instant } from './instant.ts';
import { minutes, OverdueView, viewLeaver } from './leaver-view.ts';
import { TaskView, viewTask } from './task-view.ts';
import { sentences } from '../provisioning/reason/reason.ts';

export const Status = Type.Object({
  workspace: Type.String(),
  mode: Type.Object({
    failing_since: Instant,
    reason: Type.Union([Type.String(), Type.Null()]),
    members_read_at: Instant,
    groups_read_at: Instant,
    seat_limit_reached: Type.Boolean({
      description: 'Mode has no free seat: invites wait for one',
    }),
  }),
  calls: CallsLeft,
  users: Type.Object({ total: Count, active: Count }),
  groups: Count,
  jobs: Type.Object({ waiting: Count, parked: Count, verifying: Count }),
  deliveries: Type.Object({ pending: Count, applied: Count, verified: Count, held: Count, blocked: Count }),
  position: Type.String(),
  ...CapabilityView.properties,
  tasks: Type.Object(
    { open: Count, oldest: Type.Array(TaskView) },
    { description: 'Steps for a person, because the API of Mode cannot do them' },
  ),
  holds: Type.Object(
    { open: Count },
    { description: 'Operations that wait until a person approves or rejects them' },
  ),
  connections: Type.Array(
    Type.Object({
      id: Type.String(),
      name: Type.String(),
      state: Type.Enum(CONNECTION_STATES),
      idp: Type.String({ description: 'Which IdP the traffic looks like, or which one is pinned' }),
      pinned: Type.Boolean({ description: 'Whether an operator has pinned the IdP' }),
      answer_shapes: Type.Array(Type.Enum(ANSWER_SHAPES), {
        description: 'The shapes of answers that an operator has pinned',
      }),
      evidence: Type.Union([Type.String(), Type.Null()], { description: 'What in the traffic shows that' }),
      warnings: Type.Array(
        Type.Object({
          code: Type.String(),
          message: Type.String(),
          example: Type.String(),
          count: Count,
          first_at: Instant,
          last_at: Instant,
        }),
        { description: 'Possible mistakes in the configuration of the IdP' },
      ),
    }),
  ),
  leavers: OverdueView,
  troubled: Type.Array(
    Type.Object({
      kind: Type.Enum(['user', 'group']),
      id: Type.String(),
      name: Type.String(),
      state: Type.String({ description: 'blocked, held, parked, or waiting for another try' }),
      attempts: Count,
      codes: Type.Array(Type.String(), { description: 'The codes of the reasons (docs/reasons.md)' }),
      reason: Type.String({ description: 'The reasons as sentences' }),
      next_try_at: Instant,
    }),
    { description: 'Users and groups that are not done yet, and why' },
  ),
  event_streams: Type.Array(
    Type.Object({
      token_id: Type.String(),
      label: Type.String(),
      position: Type.String({ description: 'The receiver has handled every event up to this position' }),
      polled_at: Instant,
      errors: Type.Integer({ minimum: 0, description: 'Events that the receiver reported as failed' }),
      last_error: Type.Union([Type.String(), Type.Null()], { description: 'The id of the event, and why' }),
      last_error_at: Instant,
    }),
    { description: 'Receivers of SCIM events, and how far they have come' },
  ),
});
export type Status = Static<typeof Status>;

export function viewStatus(report: WorkspaceReport): Status {
  const { workspace, outage, reads, facts, workLeft, tasks } = report;
  const capabilities = viewCapabilities(report.capabilities);
  return {
    workspace,
    mode: {
      failing_since: instant(outage?.since ?? null),
      reason: outage === null ? null : sentences([outage.reason]),
      members_read_at: instant(reads.members),
      groups_read_at: instant(reads.groups),
      seat_limit_reached: facts.seatLimitReached ?? false,
    },
    calls: viewCallsLeft(workLeft, facts),
    users: report.users,
    groups: report.groups,
    jobs: report.jobs,
    deliveries: report.deliveries,
    position: String(report.position),
    ...capabilities,
    warnings: [...capabilities.warnings, ...factWarnings(facts)],
    tasks: { open: tasks.open, oldest: tasks.oldest.map(viewTask) },
    holds: { open: Object.values(report.holds).reduce((sum, count) => sum + count, 0) },
    connections: report.connections.map(viewConnection),
    leavers: {
      objective_minutes: minutes(report.leavers.objectiveMs),
      overdue: report.leavers.count,
      oldest: report.leavers.oldest.map(viewLeaver),
    },
    troubled: report.troubled.map(viewTroubled),
    event_streams: report.eventStreams.map((stream) => ({
      token_id: stream.tokenId,
      label: stream.label,
      position: String(stream.position),
      polled_at: instant(stream.polledAt),
      errors: stream.errors,
      last_error: stream.lastError,
      last_error_at: instant(stream.lastErrorAt),
    })),
  };
}

function viewTroubled({
  kind,
  id,
  name,
  job,
  delivery,
  reasons,
}: WorkspaceReport['troubled'][number]): Status['troubled'][number] {
  return {
    kind,
    id,
    name,
    state: delivery === 'blocked' || delivery === 'held' ? delivery : (job?.state ?? delivery ?? 'waiting'),
    attempts: job?.attempts ?? 0,
    codes: reasons.map(({ code }) => code),
    reason: sentences(reasons) ?? '',
    next_try_at: instant(job?.runAt ?? null),
  };
}

function viewConnection({
  id,
  name,
  state,
  profile,
  warnings,
}: ConnectionReport): Status['connections'][number] {
  return {
    id,
    name,
    state,
    idp: profile?.pinned ?? profile?.detected ?? 'generic',
    pinned: profile?.pinned != null,
    answer_shapes: [...(profile?.shapes ?? [])],
    evidence: profile?.evidence ?? null,
    warnings: warnings.map(({ code, example, count, firstAt, lastAt }) => ({
      code,
      message: WARNINGS[code],
      example,
      count,
      first_at: instant(firstAt),
      last_at: instant(lastAt),
    })),
  };
}
