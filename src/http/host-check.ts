/**
 * Protects a port that is meant for one machine or network from web pages of other sites, whose requests a browser on that
 * network would send. The Host header reveals DNS rebinding, the Origin header a request from another page, and the
 * content type a form.
 */
import { isIP } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { BridgeError } from '../errors.ts';

/** Probes may use any host name, and get no confidential information. */
const OPEN_TO_ALL: ReadonlySet<string> = new Set(['/healthz', '/readyz']);
const WRITES_WITH_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);
const JSON_TYPE = /^application\/([\w.-]+\+)?json\s*(;|$)/i;

/** @param host a name or an address, without a port */
export function isLoopback(host: string): boolean {
  return /^(localhost|[\w-]+\.localhost|127(\.\d+){3}|\[?::1\]?)$/i.test(host);
}

/**
 * Accepts only loopback names, IP addresses and `names` as the host. A write needs a JSON content type or an Authorization
 * header: a page of another site cannot send either without permission.
 * @param setting the setting that adds more names; undefined: there is none
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
      const advice = setting === undefined ? '' : ` If it should be, add it to ${setting}.`;
      return new BridgeError('forbidden', `The host "${name}" is not allowed on this port.${advice}`);
    }
    const from = origin === undefined ? undefined : URL.parse(origin);
    if (from === null || (from !== undefined && from.host !== host && !isKnownOrigin(from, host))) {
      return new BridgeError('forbidden', 'The request comes from a page of another site.');
    }
    const needsType = WRITES_WITH_BODY.has(request.method) && authorization === undefined;
    if (needsType && !JSON_TYPE.test(request.headers['content-type'] ?? '')) {
      return new BridgeError('unsupported_media_type', 'Send writes with Content-Type: application/json.');
    }
    return undefined;
  }

  /** A proxy may have another name for its clients than the one it uses for this port. */
  function isKnownOrigin({ hostname }: URL, host: string | undefined): boolean {
    return known.has(hostname) && !isLoopback(hostname) && host !== undefined;
  }
}

function hostnameOf(host: string | undefined): string | undefined {
  return host === undefined ? undefined : (URL.parse(`http://${host}`)?.hostname.toLowerCase() ?? '');
}
