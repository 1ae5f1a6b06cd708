/** Holds answers against the OpenAPI documents: the status, the media type, the headers and the body. */
import { Check, Errors } from 'typebox/schema';
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import { apiDocument } from '../../src/admin/api-docs.ts';
import type { ApiSurface } from '../../src/http/api-surface.ts';

interface Response {
  readonly $ref?: string;
  readonly headers?: Readonly<Record<string, { readonly required?: boolean }>>;
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}
interface Document {
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { operationId: string; responses: Record<string, Response> }>>>
  >;
}

export interface Operation {
  readonly operationId: string;
  /** In capital letters. */
  readonly method: NonNullable<InjectOptions['method']>;
  /** With parameters in braces. */
  readonly path: string;
  readonly statuses: readonly number[];
}

export interface Documented {
  readonly operations: readonly Operation[];
  /** @returns what the documents do not say of the answer; empty when they say all of it */
  problems(operation: Operation, answer: LightMyRequestResponse): readonly string[];
  /** @returns what is wrong with the refusal of a method that the address does not have */
  problemsOfOtherMethod(path: string, answer: LightMyRequestResponse): readonly string[];
}

export function documentedBy(server: FastifyInstance, surface: ApiSurface): Documented {
  // Without what makes a schema more than a plain document.
  const document = JSON.parse(JSON.stringify(apiDocument(server, surface))) as Document;
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, responses }]) => ({
      operationId,
      method: method.toUpperCase(),
      path,
      statuses: Object.keys(responses).map(Number),
    })),
  );

  function resolved({ $ref, ...response }: Response): Response {
    if ($ref === undefined) return response;
    const [, , kind = '', name = ''] = $ref.split('/');
    return document.components[kind]?.[name] as Response;
  }

  function against(
    response: Response,
    { headers, body }: LightMyRequestResponse,
    { components } = document,
  ): readonly string[] {
    const missing = Object.entries(response.headers ?? {})
      .filter(([name, { required }]) => required === true && !(name.toLowerCase() in headers))
      .map(([name]) => `the header ${name} is missing`);
    if (response.content === undefined) {
      return body === '' ? missing : [...missing, 'there is a body, and none is documented'];
    }
    const type = String(headers['content-type']).split(';', 1)[0] ?? '';
    const media = response.content[type];
    if (media === undefined) return [...missing, `the media type ${type} is not documented`];
    const schema = { components, ...media.schema };
    const value: unknown = /[/+]json$/.test(type) ? JSON.parse(body) : body;
    if (Check(schema, value)) return missing;
    return [...missing, `the body is not as documented: ${JSON.stringify(Errors(schema, value)[1])}`];
  }

  return {
    operations,
    problems: ({ path, method }, answer) => {
      const responses = document.paths[path]?.[method.toLowerCase()]?.responses ?? {};
      const response = responses[String(answer.statusCode)];
      if (response === undefined) return [`the status ${answer.statusCode} is not documented`];
      return against(resolved(response), answer);
    },
    problemsOfOtherMethod: (path, answer) => {
      if (answer.statusCode !== 405) return [`the status is ${answer.statusCode}, not 405`];
      const allowed = String(answer.headers.allow).split(', ');
      const own = Object.keys(document.paths[path] ?? {}).map((method) => method.toUpperCase());
      const wrong = own
        .filter((method) => !allowed.includes(method))
        .map((method) => `Allow lacks ${method}`);
      // Any refusal of the surface has the schema of this one.
      const refusal = resolved(Object.values(document.paths[path] ?? {})[0]?.responses['400'] ?? {});
      return [...wrong, ...against(refusal, answer)];
    },
  };
}
