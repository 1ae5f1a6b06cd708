/** What happens to every call before it is answered, and to its answer: logged, limited, slowed, spoilt. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { answerFault } from './answer-fault.ts';
import { rateLimited } from '../api/api-error.ts';
import type { ApiContext } from '../api/api-context.ts';
import { carriesOut, type Fault } from './fault.ts';
import { retryAfter } from './retry-after.ts';
import type { CredentialName } from './traffic.ts';

interface UnderWay {
  readonly answered: (status: number) => void;
  fault?: Fault;
}

/** @param closing aborted when the sandbox closes */
export function addTrafficHooks(
  scope: FastifyInstance,
  { simulation, credentials }: ApiContext,
  closing: AbortSignal,
): void {
  const { clock, settings, memory } = simulation;
  const underWay = new WeakMap<FastifyRequest, UnderWay>();
  let refusals = 0;

  scope.addHook('onRequest', async (request, reply) => {
    const credential = credentials.name(request);
    const call: UnderWay = { answered: memory().traffic.arrived(request, credential) };
    underWay.set(request, call);
    limit(reply, credential);
    if (settings().latency_ms > 0) await clock.sleep(settings().latency_ms, closing);
    simulation.catchUp();
    const fault = memory().meetFault(request, credential, settings());
    if (fault === undefined) return undefined;
    call.fault = fault;
    return carriesOut(fault) ? undefined : reply.send('');
  });

  scope.addHook('onSend', async (request, reply, payload) => {
    const call = underWay.get(request);
    const text = typeof payload === 'string' ? payload : '';
    const shaped = shapeWrite(request, reply, text);
    if (call?.fault === undefined) {
      call?.answered(reply.statusCode);
      return shaped;
    }
    const { fault } = call;
    const body = await answerFault({ fault, request, reply, clock, closing }, shaped);
    if (!request.raw.socket.destroyed) call.answered(reply.statusCode);
    return body;
  });

  /** Each key has a limit of its own. @throws ApiError 429 */
  function limit(reply: FastifyReply, credential: CredentialName): void {
    const { retry_after: how, quirks } = settings();
    const taken = memory().rateLimit.take(credential, clock.monotonic(), settings());
    if (taken === undefined) return;
    const { limit: calls, remaining, waitMs } = taken;
    if (quirks.rate_headers)
      void reply.headers({ 'x-ratelimit-limit': calls, 'x-ratelimit-remaining': remaining });
    if (waitMs === undefined) return;
    const header = retryAfter(how, waitMs, clock.now(), refusals);
    refusals += 1;
    if (header !== undefined) void reply.header('retry-after', header);
    throw rateLimited();
  }

  /** Which success a write is answered with. */
  function shapeWrite(request: FastifyRequest, reply: FastifyReply, text: string): string {
    const { writes } = settings().quirks;
    if (writes === 'ok' || reply.statusCode !== 200 || request.method === 'GET') return text;
    if (request.method !== 'POST') {
      void reply.code(204);
      return '';
    }
    // What is minted is told once: without a body it would be lost for good.
    const once = request.url.startsWith('/batch/');
    void reply.code(201);
    return writes === 'empty' && !once ? '' : text;
  }
}
