/** The operators' JSON API: how the bridge is doing. On a port and with a token kind of its own. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type, type Static } from 'typebox';
import type { Connection } from '../directory/connection.ts';
import { requireToken, type Authenticate } from '../http/authentication.ts';
import { answerWithProblems } from '../http/problem.ts';
import type { StatusStore } from './status-store.ts';

const MAX_TROUBLED = 100;

const Instant = Type.Union([Type.String({ format: 'date-time' }), Type.Null()]);
const Count = Type.Integer({ minimum: 0 });

const Status = Type.Object({
  workspace: Type.String(),
  mode: Type.Object({
    failing_since: Instant,
    reason: Type.Union([Type.String(), Type.Null()]),
    members_read_at: Instant,
    groups_read_at: Instant,
  }),
  users: Type.Object({ total: Count, active: Count }),
  groups: Count,
  jobs: Type.Object({ waiting: Count, parked: Count, verifying: Count }),
  deliveries: Type.Object({ pending: Count, applied: Count, verified: Count, blocked: Count }),
  position: Type.String(),
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
});
export type Status = Static<typeof Status>;

export interface AdminOptions {
  readonly authenticate: Authenticate<Connection>;
  readonly store: StatusStore;
}

/** What `GET /admin/api/status` and the command `status` tell. */
export async function readStatus(workspace: string, store: StatusStore): Promise<Status> {
  const status = await store.status(workspace, MAX_TROUBLED);
  return {
    workspace,
    mode: {
      failing_since: instant(status.outage?.since ?? null),
      reason: status.outage?.reason ?? null,
      members_read_at: instant(status.reads.members),
      groups_read_at: instant(status.reads.groups),
    },
    users: status.users,
    groups: status.groups,
    jobs: status.jobs,
    deliveries: status.deliveries,
    position: String(status.position),
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
  };
}

/** Registers the API below the prefix that `scope` has. */
export function registerAdmin(scope: FastifyInstance, { authenticate, store }: AdminOptions): void {
  answerWithProblems(scope);
  const connectionOf = requireToken(scope, authenticate);
  scope.withTypeProvider<TypeBoxTypeProvider>().get(
    '/status',
    {
      schema: {
        tags: ['admin'],
        summary: 'How the bridge is doing: numbers, and what is not right yet and why',
        response: { 200: Status },
      },
    },
    (request) => readStatus(connectionOf(request).workspace, store),
  );
}

function instant(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
