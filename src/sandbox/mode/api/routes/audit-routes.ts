/** The audit log: for the workspace key only, with its own error format. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { ApiError, badRequest, unauthorized } from '../api-error.ts';
import type { ApiContext } from '../api-context.ts';
import type { AuditEntry } from '../../world/audit-log.ts';
import type { Quirks } from '../../behaviour/quirks.ts';

const PAGE = 100;

type Query = Partial<
  Record<
    | 'start_timestamp'
    | 'end_timestamp'
    | 'next_token'
    | 'action'
    | 'entity_id'
    | 'entity_type'
    | 'entity_name'
    | 'username'
    | 'ip'
    | 'event_source',
    string
  >
>;

export function registerAuditRoutes(api: FastifyInstance, { simulation, credentials }: ApiContext): void {
  const { slug, settings, memory } = simulation;

  api.get<{ Querystring: Query }>(`/${slug}/audit_logs`, (request, reply): unknown => {
    const { audit_accept: accept, audit_envelope: envelope, audit_errors: errors } = settings().quirks;
    // Checked before the key.
    if (accept === 'json' && request.headers.accept?.includes('hal+json') === true) return bare(reply, 406);
    const name = credentials.name(request);
    if (name !== 'main' || settings().revoked_keys.includes('main')) {
      if (errors === 'usual') throw unauthorized();
      return bare(reply, 401);
    }
    try {
      return answer(request.query, envelope);
    } catch (error) {
      if (!(error instanceof ApiError) || errors === 'usual') throw error;
      return reply.code(error.status).send({ errors: [{ detail: error.message }] });
    }
  });

  function answer(query: Query, envelope: Quirks['audit_envelope']) {
    const from = instant(query, 'start_timestamp');
    const to = instant(query, 'end_timestamp');
    const found = memory()
      .audit.entries()
      .filter((entry) => {
        const time = Date.parse(entry.timestamp);
        return time >= from && time <= to && matches(entry, query);
      });
    const start = startOf(found, query.next_token);
    const page = found.slice(start, start + PAGE);
    const last = page.at(-1);
    const more = start + PAGE < found.length && last !== undefined;
    const list = { audit_logs: page };
    return {
      ...(envelope === 'embedded' ? { _embedded: list } : list),
      ...(more ? { next_token: last.id } : {}),
    };
  }
}

/** A response without a body. */
function bare(reply: FastifyReply, status: number): FastifyReply {
  return reply.code(status).send();
}

/** ISO 8601; without an offset it is UTC. @throws ApiError 400 */
function instant(query: Query, name: 'start_timestamp' | 'end_timestamp'): number {
  const text = query[name] ?? '';
  const hasZone = !text.includes('T') || /(z|[+-]\d\d:?\d\d)$/i.test(text);
  const time = Date.parse(hasZone ? text : `${text}Z`);
  if (Number.isNaN(time)) throw badRequest(`${name} is missing or is not an ISO 8601 time`);
  return time;
}

function matches({ action, entity, actor, event_source: source }: AuditEntry, query: Query): boolean {
  const values = { action, ...entity, username: actor.username, ip: actor.ip, event_source: source };
  return Object.entries(values).every(([name, value]) => {
    const wanted = query[name as keyof Query];
    return wanted === undefined || wanted === value;
  });
}

/** @returns the index after the entry that the cursor names @throws ApiError 400 */
function startOf(found: readonly AuditEntry[], cursor: string | undefined): number {
  if (cursor === undefined || cursor === '') return 0;
  const index = found.findIndex((entry) => entry.id === cursor);
  if (index < 0) throw badRequest('Unknown next_token');
  return index + 1;
}
