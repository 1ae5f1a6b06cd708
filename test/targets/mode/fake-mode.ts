/** A fake Mode with given responses, which records its calls. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Clock } from '../../../src/clock.ts';
import { systemClock } from '../../../src/clock.ts';
import type { ObservedMember } from '../../../src/provisioning/model/observed.ts';
import { openModeTarget, type ModeTargetOptions } from '../../../src/targets/mode/mode-target.ts';
import { systemRandom } from '../../../src/random.ts';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export interface Asked {
  readonly method: string;
  readonly path: string;
  /** The token of the key, or `bearer`. */
  readonly key: string;
  readonly body: string;
}

export const answer =
  (status: number, body: unknown = '', headers: Record<string, string> = {}): Handler =>
  (_request, response) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    response.writeHead(status, { 'content-type': 'application/hal+json', ...headers }).end(text);
  };

/** Mode's message for the wrong kind of key. */
export const WRONG_KEY = { id: 'bad_request', message: 'This endpoint is unsupported for use with Api Keys' };

export const member = (more: Partial<ObservedMember> = {}): ObservedMember => ({
  accountId: 'a1',
  membershipId: 'm1',
  username: 'jane',
  email: 'jane@x.test',
  name: 'Jane Doe',
  state: 'active',
  admin: false,
  managedElsewhere: false,
  writtenAt: null,
  ...more,
});

/** A row of memberships/lite. */
export const lite = (more: object = {}) => ({
  member_token: 'a1',
  email: 'jane@x.test',
  username: 'jane',
  name: 'Jane Doe',
  state: 'active',
  admin: false,
  ...more,
});

export const members = (...rows: readonly object[]) => ({ _embedded: { memberships: rows } });

/** Responses for a key that can read everything. */
const KIND: Record<string, Handler> = {
  'GET /api/verify': answer(200, { workspace: 'acme', api_key_scope: 'workspace' }),
  'GET /api/acme': answer(200, { membership_type: 'admin', _links: {} }),
  'GET /api/acme/memberships/lite': answer(200, members(lite())),
  'GET /api/acme/groups': answer(200, { _embedded: { groups: [] }, pagination: { total_pages: 1 } }),
  'GET /api/acme/audit_logs': answer(200, { audit_logs: [] }),
};

/** A clock that moves only in `sleep`. A sleep with a signal is the timeout of a real call and takes real time. */
export function standingClock(): Clock & { advance(ms: number): void } {
  let now = 1_700_000_000_000;
  return {
    now: () => now,
    monotonic: () => now,
    sleep: (ms, signal) => {
      if (signal !== undefined) return systemClock.sleep(ms, signal);
      now += ms;
      return Promise.resolve();
    },
    advance: (ms) => {
      now += ms;
    },
  };
}

/** @param routes by method and path, or by path alone; all others return 404 */
export async function fakeMode(routes: Record<string, Handler>, options: Partial<ModeTargetOptions> = {}) {
  const asked: Asked[] = [];
  const clock = standingClock();
  const handlers: Record<string, Handler> = { ...KIND, ...routes };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const path = url.split('?', 1)[0] ?? '';
      asked.push({ method, path, key: keyOf(headers.authorization), body: Buffer.concat(chunks).toString() });
      const handle = handlers[`${method} ${path}`] ?? handlers[path] ?? answer(404, { id: 'not_found' });
      handle(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const open = (more: Partial<ModeTargetOptions> = {}) => {
    const target = openModeTarget({
      baseUrl,
      workspace: 'acme',
      key: { token: 'main', secret: 's' },
      clock,
      random: systemRandom,
      requestsPerSecond: 10_000,
      timeoutMs: 300,
      ...options,
      ...more,
    });
    onTestFinished(() => target.close());
    return target;
  };
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    target: open(),
    open,
    baseUrl,
    asked,
    /** The recorded calls with this method and path, in order. */
    calls: (method: string, path: string) =>
      asked.filter((call) => call.method === method && call.path === path),
    /** Moves the clock of the target. */
    advance: (ms: number) => {
      clock.advance(ms);
    },
    answerWith: (more: Record<string, Handler>) => {
      Object.assign(handlers, more);
    },
  };
}

function keyOf(header: string | undefined): string {
  const [scheme = '', value = ''] = (header ?? '').split(' ');
  if (scheme !== 'Basic') return scheme.toLowerCase();
  return Buffer.from(value, 'base64').toString().split(':', 1)[0] ?? '';
}

/** The row of one route in the table of capabilities. */
export function routeOf(
  target: Awaited<ReturnType<typeof fakeMode>>['target'],
  capability: string,
  route: string,
) {
  return target.capabilities.routes().find((row) => row.capability === capability && row.route === route);
}
