/** Responds to a call with a fault: a different status and body, a redirect, or a slow, reset or hanging connection. */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../../clock.ts';
import { idOfStatus } from '../api/api-error.ts';
import { bodyOf, statusOf, type Fault } from './fault.ts';
import { corruptBody } from './corrupt-body.ts';

const SLOW_MS = 50;
const ERROR_PAGE = '<html><body>Something went wrong</body></html>';
const LOGIN_PAGE =
  '<!doctype html><html><head><title>Log in to Mode</title></head><body><form action="/signin" method="post"><input name="email"></form></body></html>';

export interface FaultedCall {
  readonly fault: Fault;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly clock: Clock;
  /** Aborted when the sandbox closes, to release hanging calls. */
  readonly closing: AbortSignal;
}

/** Sets status and headers. @param real the body without the fault @returns the body to send */
export async function respondWithFault(call: FaultedCall, real: string): Promise<string | Readable> {
  const { fault, request, reply, clock, closing } = call;
  const { socket } = request.raw;
  const body = textOf(fault, real, setHeaders(call));
  switch (connectionFor(fault, body)) {
    case 'whole':
      return body;
    case 'slow':
      return Readable.from(drip(body, clock, fault.slow_ms ?? SLOW_MS, closing));
    case 'reset_midway':
      void reply.header('content-length', String(Buffer.byteLength(body)));
      return Readable.from(firstHalf(body, socket));
    case 'reset':
      socket.resetAndDestroy();
      return '';
    case 'hang':
      await disconnected(socket, closing);
      socket.destroy();
      return '';
  }
}

/** An empty body cannot be sent slowly or cut in the middle. */
function connectionFor({ connection: requested }: Fault, body: string) {
  const connection = requested ?? 'whole';
  if (body !== '') return connection;
  if (connection === 'reset_midway') return 'reset';
  return connection === 'slow' ? 'whole' : connection;
}

/** @returns the status */
function setHeaders({ fault, request, reply }: FaultedCall): number {
  const body = bodyOf(fault);
  const html = body === 'html' || body === 'login_page';
  void reply.code(statusOf(fault) ?? reply.statusCode);
  void reply.type(fault.content_type ?? (html ? 'text/html' : 'application/json'));
  if (fault.retry_after !== undefined) void reply.header('retry-after', String(fault.retry_after));
  if (fault.redirect !== undefined) void reply.header('location', locationOf(request, fault.redirect));
  return reply.statusCode;
}

function textOf(fault: Fault, real: string, status: number): string {
  const body = bodyOf(fault);
  switch (body) {
    case 'text':
      return fault.text ?? '';
    case 'html':
      return ERROR_PAGE;
    case 'login_page':
      return LOGIN_PAGE;
    case 'empty':
      return '';
    case 'json':
      return JSON.stringify({ id: idOfStatus(status), message: `Simulated fault ${status}` });
    default:
      return corruptBody(body, real);
  }
}

/** `other` is this server under its other name (localhost or 127.0.0.1), which clients treat as another origin. */
function locationOf({ url, host, hostname, protocol }: FastifyRequest, redirect: string): string {
  if (redirect === 'same') return url;
  if (redirect !== 'other') return redirect;
  const port = host.slice(hostname.length);
  return `${protocol}://${hostname === 'localhost' ? '127.0.0.1' : 'localhost'}${port}${url}`;
}

async function* drip(body: string, clock: Clock, pauseMs: number, closing: AbortSignal) {
  for (const character of body) {
    if (closing.aborted) return;
    yield character;
    await clock.sleep(pauseMs, closing);
  }
}

/** Sends half of the body, waits until it is flushed, then destroys the socket. */
async function* firstHalf(body: string, socket: Socket) {
  yield body.slice(0, Math.ceil(body.length / 2));
  await new Promise((sent) => socket.write('', sent));
  socket.destroy();
}

/** Waits until the client disconnects or the sandbox closes. */
async function disconnected(socket: Socket, closing: AbortSignal): Promise<void> {
  if (socket.destroyed) return;
  await once(socket, 'close', { signal: closing }).catch((error: unknown) => {
    if (!closing.aborted) throw error;
  });
}
