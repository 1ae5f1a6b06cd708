/**
 * Keeps web pages of others from using a port that is meant for one machine or network: a browser there would send
 * their requests along. A name that somebody else's DNS points here is told by the Host header, a request from another
 * page by its Origin, and a form by its content type.
 */
import { isIP } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { BridgeError } from '../errors.ts';

/** Probes come by any name, and are told nothing that matters. */
const OPEN_TO_ALL: ReadonlySet<string> = new Set(['/healthz', '/readyz']);
const WRITES_WITH_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);
const JSON_TYPE = /^application\/([\w.-]+\+)?json\s*(;|$)/i;

/** @param host a name or an address, without a port */
export function isLoopback(host: string): boolean {
  return /^(localhost|[\w-]+\.localhost|127(\.\d+){3}|\[?::1\]?)$/i.test(host);
}

/**
 * Answers only to loopback names, to addresses, and to `names`; and takes a write only with a JSON content type or an
 * Authorization header, neither of which a page of another site can send unasked.
 * @param setting where more names can be set; undefined: nowhere
 */
export function checkHost(server: FastifyInstance, names: readonly string[], setting?: string): void {
  const known = new Set(names.map((name) => name.toLowerCase()));
  const isKnown = (host: string) => isLoopback(host) || known.has(host);

  server.addHook('onRequest', (request, _reply, done) => {
    done(OPEN_TO_ALL.has(request.url.split('?', 1)[0] ?? '') ? undefined : refusal(request));
  });

  function refusal(request: FastifyRequest): BridgeError | undefined {
    const { host, origin, authorization } = request.headers;
    const name = hostnameOf(host);
    // DNS cannot point an address elsewhere.
    if (name !== undefined && !isKnown(name) && isIP(name.replace(/^\[|\]$/g, '')) === 0) {
      const advice = setting === undefined ? '' : ` Add it to ${setting} when it is one.`;
      return new BridgeError('forbidden', `The Host header "${name}" is not a name of this port.${advice}`);
    }
    const from = origin === undefined ? undefined : URL.parse(origin);
    if (from === null || (from !== undefined && from.host !== host && !isOwn(from, host))) {
      return new BridgeError('forbidden', 'A page of another site sent this request.');
    }
    const needsType = WRITES_WITH_BODY.has(request.method) && authorization === undefined;
    if (needsType && !JSON_TYPE.test(request.headers['content-type'] ?? '')) {
      return new BridgeError('unsupported_media_type', 'Send writes with Content-Type: application/json.');
    }
    return undefined;
  }

  /** A proxy may be reached by another name than it uses for this port. */
  function isOwn({ hostname }: URL, host: string | undefined): boolean {
    return known.has(hostname) && !isLoopback(hostname) && host !== undefined;
  }
}

function hostnameOf(host: string | undefined): string | undefined {
  return host === undefined ? undefined : (URL.parse(`http://${host}`)?.hostname.toLowerCase() ?? '');
}
