/**
 * A SCIM 2.0 client (RFC 7644) for any server: finds resources by name, creates, changes and deletes them. It reads
 * tolerantly: numbers may be text, and an empty list may be missing.
 */
import type { Clock } from '../../../clock.ts';
import { TargetError } from '../../../provisioning/ports/target.ts';
import type { CallPriorities } from '../client/call-priority.ts';
import { createClient, type Client } from '../client/client.ts';
import { fieldsOf, textOf } from '../mode-json.ts';

const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const SCIM = 'application/scim+json';
/** Requested page size. Servers may return smaller pages. */
const PAGE = 200;
const MAX_PAGES = 10_000;

export type Resource = Readonly<Record<string, unknown>> & { readonly id: string };
export type Endpoint = 'Users' | 'Groups';

export interface PatchOperation {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path: string;
  readonly value?: unknown;
}

export interface ScimServer {
  /** Checks the token by reading at most one resource. @throws TargetError */
  check(): Promise<void>;
  /** Resources whose attribute equals the text, as the server compares it. @throws TargetError */
  find(endpoint: Endpoint, attribute: string, value: string): Promise<readonly Resource[]>;
  /** All resources, read page by page. @throws TargetError */
  list(endpoint: Endpoint): Promise<readonly Resource[]>;
  read(endpoint: Endpoint, id: string): Promise<Resource>;
  /** @throws TargetError refused with status 409 when the resource exists */
  create(endpoint: Endpoint, resource: object): Promise<Resource>;
  patch(endpoint: Endpoint, id: string, operations: readonly PatchOperation[]): Promise<void>;
  remove(endpoint: Endpoint, id: string): Promise<void>;
  close(): Promise<void>;
}

export interface ScimServerOptions {
  /** e.g. https://host/scim/v2 */
  readonly url: string;
  readonly token: string;
  readonly clock: Clock;
  readonly requestsPerSecond: number;
  readonly priorities?: CallPriorities | undefined;
  readonly timeoutMs: number;
}

export function createScimServer({ url, token, ...limits }: ScimServerOptions): ScimServer {
  const name = "Mode's own SCIM";
  const api = {
    name,
    setting: 'MODE_SCIM_URL (in a configuration file: mode.scim_url)',
    accept: SCIM,
    contentType: SCIM,
  };
  const client = createClient({ api, baseUrl: url, ...limits });
  const call = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object) =>
    callAs(client, { method, path, credential: { bearer: token }, ...(body === undefined ? {} : { body }) });
  const pathOf = (endpoint: Endpoint, id: string) => `/${endpoint}/${encodeURIComponent(id)}`;

  return {
    check: async () => {
      await call('GET', '/Users?count=1');
    },
    find: async (endpoint, attribute, value) => {
      // RFC 7644 figure 1 requires a JSON string here, with its escapes.
      const filter = encodeURIComponent(`${attribute} eq ${JSON.stringify(value)}`);
      return resourcesOf(await call('GET', `/${endpoint}?filter=${filter}`));
    },
    list: async (endpoint) => {
      const found = new Map<string, Resource>();
      for (let page = 0; page < MAX_PAGES; page += 1) {
        const before = found.size;
        const body = await call('GET', `/${endpoint}?startIndex=${before + 1}&count=${PAGE}`);
        for (const resource of resourcesOf(body)) found.set(resource.id, resource);
        const total = Number(textOf(fieldsOf(body)['totalResults']) ?? Number.NaN);
        // When the server does not return a total, the list ends with a page without new resources.
        if (found.size === before || found.size >= total) return [...found.values()];
      }
      throw new TargetError('unavailable', "A list of Mode's own SCIM does not end.");
    },
    read: async (endpoint, id) => resourceOf(await call('GET', pathOf(endpoint, id))),
    create: async (endpoint, resource) => resourceOf(await call('POST', `/${endpoint}`, resource)),
    patch: async (endpoint, id, operations) => {
      await call('PATCH', pathOf(endpoint, id), { schemas: [PATCH_OP], Operations: operations });
    },
    remove: async (endpoint, id) => {
      await call('DELETE', pathOf(endpoint, id));
    },
    close: () => client.close(),
  };
}

/** An invalid token only refuses this route. The other routes still work. */
async function callAs(client: Client, call: Parameters<Client['call']>[0]): Promise<unknown> {
  try {
    return await client.call(call);
  } catch (error) {
    if (!(error instanceof TargetError) || error.kind !== 'unauthorized') throw error;
    throw new TargetError(
      'forbidden',
      `${error.message} Check MODE_SCIM_TOKEN (in a configuration file: mode.scim_token).`,
      {
        cause: error,
        status: 401,
      },
    );
  }
}

function resourcesOf(body: unknown): readonly Resource[] {
  const fields = fieldsOf(body);
  const list = fields['Resources'] ?? fields['resources'];
  if (Array.isArray(list)) return list.map(resourceOf);
  if (list === undefined && Number(textOf(fields['totalResults'])) === 0 && 'totalResults' in fields)
    return [];
  throw new TargetError('unavailable', "Mode's own SCIM returned no list, so the response is ignored.");
}

function resourceOf(body: unknown): Resource {
  const id = textOf(fieldsOf(body)['id']);
  if (id === null) {
    throw new TargetError('unavailable', "Mode's own SCIM returned no resource, so the response is ignored.");
  }
  return { ...fieldsOf(body), id };
}
