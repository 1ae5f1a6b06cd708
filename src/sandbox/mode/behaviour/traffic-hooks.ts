/** Hooks around every call: logging, rate limit, latency and faults. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { respondWithFault } from './respond-with-fault.ts';
import { rateLimited } from '../api/api-error.ts';
import type { ApiContext } from '../api/api-context.ts';
import { isApplied, type Fault } from './fault.ts';
import { retryAfter } from './retry-after.ts';
import type { CredentialName } from './traffic.ts';
import type { Quirks } from './quirks.ts';
import type { Simulation } from '../world/simulation.ts';

interface PendingCall {
  readonly answered: (status: number) => void;
  fault?: Fault;
}

/** @param workspaceOf finds the workspace of a call @param closing aborted when the sandbox closes */
export function addTrafficHooks(
  scope: FastifyInstance,
  workspaceOf: (request: FastifyRequest) => ApiContext,
  closing: AbortSignal,
): void {
  const pendingCalls = new WeakMap<FastifyRequest, PendingCall>();

  scope.addHook('onRequest', async (request, reply) => {
    const { simulation, credentials } = workspaceOf(request);
    const { clock, settings, memory } = simulation;
    const credential = credentials.name(request);
    const call: PendingCall = { answered: memory().traffic.record(request, credential) };
    pendingCalls.set(request, call);
    limit(simulation, reply, credential);
    if (settings().latency_ms > 0) await clock.sleep(settings().latency_ms, closing);
    simulation.catchUp();
    const fault = memory().pickFault(request, credential, settings());
    if (fault === undefined) return undefined;
    call.fault = fault;
    return isApplied(fault) ? undefined : reply.send('');
  });

  scope.addHook('onSend', async (request, reply, payload) => {
    const { clock, settings } = workspaceOf(request).simulation;
    const call = pendingCalls.get(request);
    const text = typeof payload === 'string' ? payload : '';
    const shaped = shapeWrite(settings().quirks, request, reply, text);
    if (call?.fault === undefined) {
      call?.answered(reply.statusCode);
      return shaped;
    }
    const { fault } = call;
    const body = await respondWithFault({ fault, request, reply, clock, closing }, shaped);
    if (!request.raw.socket.destroyed) call.answered(reply.statusCode);
    return body;
  });
}

/** Each key has its own limit. @throws ApiError 429 */
function limit(
  { clock, settings, memory }: Simulation,
  reply: FastifyReply,
  credential: CredentialName,
): void {
  const { retry_after: how, quirks } = settings();
  const taken = memory().rateLimit.take(credential, clock.monotonic(), settings());
  if (taken === undefined) return;
  const { limit: calls, remaining, waitMs, refusedBefore } = taken;
  if (quirks.rate_headers)
    void reply.headers({ 'x-ratelimit-limit': calls, 'x-ratelimit-remaining': remaining });
  if (waitMs === undefined) return;
  const header = retryAfter(how, waitMs, clock.now(), refusedBefore);
  if (header !== undefined) void reply.header('retry-after', header);
  throw rateLimited();
}

/** Changes the success response of a write as the quirk `writes` says. */
function shapeWrite({ writes }: Quirks, request: FastifyRequest, reply: FastifyReply, text: string): string {
  if (writes === 'ok' || reply.statusCode !== 200 || request.method === 'GET') return text;
  if (request.method !== 'POST') {
    void reply.code(204);
    return '';
  }
  // A minted token is in this response only: without a body it would be lost.
  const isMinted = request.url.startsWith('/batch/');
  void reply.code(201);
  return writes === 'empty' && !isMinted ? '' : text;
}
