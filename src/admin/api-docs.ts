/** Describes every route of a server as OpenAPI; the admin port shows the documents to people. */
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance, FastifySchema } from 'fastify';
import type { ApiSurface } from '../http/api-surface.ts';
import { ALWAYS_REFUSES, ref, REFUSALS, type Described, type RouteDocs } from '../http/route-docs.ts';
import { version } from '../manifest.ts';

/** Carries a route's own docs through the plugin, which does not change keys that begin with `x-`. */
const DOCS = 'x-docs';

/** Must be called before any route is registered. */
export function registerApiDocs(
  publicServer: FastifyInstance,
  admin: FastifyInstance,
  surfaces: readonly ApiSurface[],
): void {
  for (const server of [publicServer, admin]) {
    server.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: { title: '', version },
        components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
        security: [{ bearer: [] }],
      },
      transform: ({ schema, url, route }) => {
        // A route without a schema has undefined here, whatever the type says.
        const own = { [DOCS]: route.config?.docs ?? {} };
        return { url, schema: { ...(schema as FastifySchema | undefined), ...own } };
      },
    });
  }
  admin.register(swaggerUi, {
    routePrefix: '/docs',
    uiConfig: { urls: surfaces.map(({ name }) => ({ name, url: `/docs/openapi/${name}.json` })) },
  });
  for (const surface of surfaces) {
    admin.get(`/docs/openapi/${surface.name}.json`, { schema: { hide: true } }, () => {
      return apiDocument(surface.name === 'admin' ? admin : publicServer, surface);
    });
  }
}

interface Operation {
  readonly [DOCS]: RouteDocs;
  readonly summary: string;
  readonly tags?: readonly string[];
  readonly security?: readonly unknown[];
  readonly parameters?: readonly Described[];
  readonly responses?: Readonly<Record<string, Described>>;
}

/** The part of a server's document that is about one surface. The server must be ready. */
export function apiDocument(server: FastifyInstance, surface: ApiSurface): object {
  const { name, title, description, tags, token, origin } = surface;
  const {
    openapi,
    info,
    paths: all = {},
  } = server.swagger() as unknown as {
    readonly openapi: string;
    readonly info: object;
    readonly paths?: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  };
  const described = Object.entries(all).filter(
    ([path, { get }]) => path.startsWith(`/${name}/`) || get?.tags?.includes(name),
  );
  const paths = Object.fromEntries(
    described.map(([path, item]) => {
      const operations = Object.entries(item).map(([method, operation]) => [method, complete(operation)]);
      return [path, Object.fromEntries(operations) as object];
    }),
  );
  return {
    openapi,
    info: { ...info, title, description, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [
      {
        url: '{origin}',
        description: 'The bridge',
        variables: { origin: { default: origin, description: 'As clients see it, without a path' } },
      },
    ],
    tags,
    security: [{ bearer: [] }],
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: token } },
      ...used(surface, paths),
    },
    paths,
  };
}

function complete({ [DOCS]: docs, ...operation }: Operation): object {
  const { refuses = [], responses = described(operation), parameters = [], requestBody } = docs;
  const always = ALWAYS_REFUSES.filter((status) => status !== 401 || operation.security?.length !== 0);
  const refusals = [...always, ...refuses].map((status) => [status, ref('responses', REFUSALS[status].name)]);
  const all = [...(operation.parameters ?? []), ...parameters];
  return {
    ...operation,
    ...(all.length === 0 ? {} : { parameters: all }),
    ...(requestBody === undefined ? {} : { requestBody }),
    responses: { ...responses, ...(Object.fromEntries(refusals) as object) },
  };
}

/** The result of the plugin. A response without a description gets the summary of the route. */
function described({
  responses = {},
  summary,
}: Omit<Operation, typeof DOCS>): Readonly<Record<string, Described>> {
  return Object.fromEntries(
    Object.entries(responses).map(([status, response]) => {
      const unnamed = response['description'] === 'Default Response';
      return [status, unnamed ? { ...response, description: summary } : response];
    }),
  );
}

/** The components that the paths refer to, and the components that these refer to. */
function used({ components }: ApiSurface, paths: object): object {
  const wanted = new Set<string>();
  const look = (part: unknown): void => {
    for (const [, found = ''] of JSON.stringify(part).matchAll(/"#\/components\/(\w+\/[\w-]+)"/g)) {
      if (wanted.has(found)) continue;
      wanted.add(found);
      const [kind = '', name = ''] = found.split('/');
      const component = components[kind as keyof typeof components]?.[name];
      if (component === undefined)
        throw new Error(`The API documents refer to ${found}, which is not described.`);
      look(component);
    }
  };
  look(paths);
  const kept = Object.entries(components).map(([kind, all]) => {
    return [
      kind,
      Object.fromEntries(Object.entries(all).filter(([name]) => wanted.has(`${kind}/${name}`))),
    ] as const;
  });
  return Object.fromEntries(kept.filter(([, all]) => Object.keys(all).length > 0));
}
