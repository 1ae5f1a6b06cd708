/** Describes every route of a server as OpenAPI; the admin port shows the documents to people. */
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import manifest from '../../package.json' with { type: 'json' };

/** To be called before any route is registered. */
export function registerApiDocs(publicServer: FastifyInstance, admin: FastifyInstance): void {
  for (const server of [publicServer, admin]) {
    server.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: { title: 'Mode SCIM bridge', version: manifest.version },
        components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
        security: [{ bearer: [] }],
      },
    });
  }
  admin.register(swaggerUi, {
    routePrefix: '/docs',
    uiConfig: {
      urls: ['scim', 'feed', 'admin'].map((name) => ({ name, url: `/docs/openapi/${name}.json` })),
    },
  });
  for (const name of ['scim', 'feed', 'admin'] as const) {
    admin.get(`/docs/openapi/${name}.json`, { schema: { hide: true } }, () => {
      return apiDocument(name === 'admin' ? admin : publicServer, name);
    });
  }
}

interface Described {
  readonly get?: { readonly tags?: readonly string[] };
}

/** The part of a server's document that is about that surface. The server is to be ready. */
export function apiDocument(server: FastifyInstance, name: 'scim' | 'feed' | 'admin'): object {
  const document = server.swagger();
  const described = Object.entries((document.paths ?? {}) as Record<string, Described>);
  const paths = described.filter(
    ([path, { get }]) => path.startsWith(`/${name}/`) || get?.tags?.includes(name),
  );
  return { ...document, paths: Object.fromEntries(paths) };
}
