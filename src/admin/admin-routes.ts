/** The operators' JSON API: how the bridge is doing. On a port and with a token kind of its own. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type, type Static } from 'typebox';
import type { ConnectionStore } from '../directory/access/connection-store.ts';
import type { Connection } from '../directory/access/connection.ts';
import { ANSWER_SHAPES, WARNINGS, type IdpProfileStore } from '../directory/access/idp-profile.ts';
import { requireToken, type Authenticate } from '../http/authentication.ts';
import { answerWithProblems } from '../http/problem.ts';
import { watchMethods } from '../http/method-not-allowed.ts';
import type { CapabilityStore } from '../provisioning/capability/capability-book.ts';
import type { TaskStore } from '../provisioning/plan/task.ts';
import { CallsLeft, factWarnings, viewCallsLeft } from './calls-left.ts';
import { CapabilityView, viewCapabilities } from './capability-view.ts';
import { registerDesk } from './desk-routes.ts';
import { Count, Instant, instant } from './instant.ts';
import type { StatusStore } from './status-store.ts';
import { registerSync, type DriveSources } from './sync-routes.ts';
import { TaskView, viewTask } from './task-view.ts';
import { registerWorkspaces, type WorkspaceRoutes } from './workspace-routes.ts';

/** Subjects in trouble, and receivers of events. */
const MAX_LISTED = 100;

/** So many are in the status; `GET tasks` has all. */
const TASKS_IN_STATUS = 20;

const Status = Type.Object({
  workspace: Type.String(),
  mode: Type.Object({
    failing_since: Instant,
    reason: Type.Union([Type.String(), Type.Null()]),
    members_read_at: Instant,
    groups_read_at: Instant,
    seat_limit_reached: Type.Boolean({
      description: 'Mode has no seat for another person: invites wait until it has',
    }),
  }),
  calls: CallsLeft,
  users: Type.Object({ total: Count, active: Count }),
  groups: Count,
  jobs: Type.Object({ waiting: Count, parked: Count, verifying: Count }),
  deliveries: Type.Object({ pending: Count, applied: Count, verified: Count, blocked: Count }),
  position: Type.String(),
  ...CapabilityView.properties,
  tasks: Type.Object(
    { open: Count, oldest: Type.Array(TaskView) },
    { description: 'Steps that the API of Mode does not do, and that are with people' },
  ),
  connections: Type.Array(
    Type.Object({
      id: Type.String(),
      idp: Type.String({ description: 'Which IdP the traffic looks like, or which one is pinned' }),
      pinned: Type.Boolean({ description: 'Whether an operator has pinned the IdP' }),
      answer_shapes: Type.Array(Type.Enum(ANSWER_SHAPES), {
        description: 'The shapes of answers that an operator has pinned',
      }),
      evidence: Type.Union([Type.String(), Type.Null()], { description: 'What in the traffic says so' }),
      warnings: Type.Array(
        Type.Object({
          code: Type.String(),
          message: Type.String(),
          example: Type.String(),
          count: Count,
          first_at: Instant,
          last_at: Instant,
        }),
        { description: 'What looks wrong about the set-up on the side of the IdP' },
      ),
    }),
  ),
  troubled: Type.Array(
    Type.Object({
      kind: Type.Enum(['user', 'group']),
      id: Type.String(),
      name: Type.String(),
      state: Type.String({ description: 'blocked, parked, or waiting for another try' }),
      attempts: Count,
      reason: Type.String(),
      next_try_at: Instant,
    }),
    { description: 'Users and groups that are not right yet, and why' },
  ),
  event_streams: Type.Array(
    Type.Object({
      token_id: Type.String(),
      label: Type.String(),
      position: Type.String({ description: 'Up to which the receiver is done with every event' }),
      polled_at: Instant,
      errors: Type.Integer({ minimum: 0, description: 'Events that the receiver could not take' }),
      last_error: Type.Union([Type.String(), Type.Null()], { description: 'The id of the event, and why' }),
      last_error_at: Instant,
    }),
    { description: 'Receivers of SCIM events, and how far they have come' },
  ),
});
export type Status = Static<typeof Status>;

export interface StatusSources {
  readonly store: StatusStore;
  readonly access: Pick<ConnectionStore, 'connections'>;
  readonly idp: IdpProfileStore;
  readonly capabilities: CapabilityStore;
  readonly tasks: TaskStore;
}

export interface AdminOptions extends StatusSources, Pick<WorkspaceRoutes, 'clock'> {
  readonly authenticate: Authenticate<Connection>;
  readonly drive: DriveSources;
}

/** What `GET /admin/api/status` and the command `status` tell. */
export async function readStatus(workspace: string, sources: StatusSources): Promise<Status> {
  const { store, tasks } = sources;
  const status = await store.status(workspace, MAX_LISTED);
  const facts = await store.facts(workspace);
  const capabilities = await viewCapabilities(workspace, sources.capabilities);
  const oldest = await tasks.list(workspace, { closed: false, limit: TASKS_IN_STATUS });
  return {
    workspace,
    mode: {
      failing_since: instant(status.outage?.since ?? null),
      reason: status.outage?.reason ?? null,
      members_read_at: instant(status.reads.members),
      groups_read_at: instant(status.reads.groups),
      seat_limit_reached: facts.seatLimitReached ?? false,
    },
    calls: viewCallsLeft(await store.workLeft(workspace), facts),
    users: status.users,
    groups: status.groups,
    jobs: status.jobs,
    deliveries: status.deliveries,
    position: String(status.position),
    ...capabilities,
    warnings: [...capabilities.warnings, ...factWarnings(facts)],
    tasks: { open: await tasks.count(workspace), oldest: oldest.map(viewTask) },
    connections: await connectionsOf(workspace, sources),
    troubled: status.troubled.map(({ kind, id, name, job, delivery, reason: why }) => {
      const state = delivery === 'blocked' ? 'blocked' : (job?.state ?? delivery ?? 'waiting');
      return {
        kind,
        id,
        name,
        state,
        attempts: job?.attempts ?? 0,
        reason: why,
        next_try_at: instant(job?.runAt ?? null),
      };
    }),
    event_streams: status.eventStreams.map((stream) => ({
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

/** Registers the API below the prefix that `scope` has. */
export function registerAdmin(scope: FastifyInstance, options: AdminOptions): void {
  const { authenticate, clock, drive, ...sources } = options;
  answerWithProblems(scope);
  const connectionOf = requireToken(scope, authenticate);
  const refuseOtherMethods = watchMethods(scope);
  const { capabilities, tasks } = sources;
  registerWorkspaces(scope, { capabilities, tasks, clock, connectionOf });
  scope.withTypeProvider<TypeBoxTypeProvider>().get(
    '/status',
    {
      schema: {
        tags: ['admin'],
        operationId: 'readStatus',
        summary: 'How the bridge is doing: numbers, and what is not right yet and why',
        response: { 200: Status },
      },
    },
    (request) => readStatus(connectionOf(request).workspace, sources),
  );
  registerSync(scope, connectionOf, drive);
  registerDesk(scope, connectionOf, drive.desk);
  refuseOtherMethods();
}

async function connectionsOf(
  workspace: string,
  { access, idp }: StatusSources,
): Promise<Status['connections']> {
  const all = await access.connections();
  return Promise.all(
    all
      .filter((connection) => connection.workspace === workspace)
      .map(async ({ id }) => {
        const profile = await idp.profile(id);
        const warnings = await idp.warnings(id);
        return {
          id,
          idp: profile?.pinned ?? profile?.detected ?? 'generic',
          pinned: profile?.pinned != null,
          answer_shapes: [...(profile?.shapes ?? [])],
          evidence: profile?.evidence ?? null,
          warnings: warnings.map(({ code, example, count, firstAt, lastAt }) => {
            const times = { first_at: instant(firstAt), last_at: instant(lastAt) };
            return { code, message: WARNINGS[code], example, count, ...times };
          }),
        };
      }),
  );
}
