/**
 * Refuses a body that is not exactly what its route takes, for every route of the API. Fastify's validator, which reads the
 * parameters of URLs, would turn a number into a text and leave out fields that it does not know: an operator who misspelt one
 * would get something else than they asked for.
 */
import type { FastifyInstance } from 'fastify';
import { Type, type TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { BridgeError } from '../errors.ts';

const MAX_NAME = 100;

/** Of a schema, and of what is wrong with a value. */
interface Parts {
  readonly anyOf?: readonly TSchema[];
  readonly properties?: object;
}
interface Problem {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message: string;
  readonly params: object;
}

export function refuseOtherBodies(scope: FastifyInstance): void {
  scope.addHook('preValidation', (request, _reply, done) => {
    const schema = request.routeOptions.schema?.body as TSchema | undefined;
    const { body } = request;
    // What an absent body means, the route's schema says.
    done(schema === undefined || body == null ? undefined : refusal(schema, body));
  });
}

function refusal(schema: TSchema, body: unknown): BridgeError | undefined {
  if (Value.Check(schema, body)) return undefined;
  const closest = variantFor(schema, body);
  const problems = Value.Errors(closest, body) as readonly Problem[];
  // A name that is not known is most often the misspelt one that is missing.
  const problem = problems.find(({ keyword }) => keyword === 'additionalProperties') ?? problems[0];
  return new BridgeError('invalid_value', problem === undefined ? WRONG : sentence(problem, closest));
}

const WRONG = 'The body is not what the route takes: openapi/admin.json describes it.';

/** The object that a body may be instead of nothing. */
function variantFor(schema: TSchema, body: unknown): TSchema {
  const { anyOf = [] } = schema as Parts;
  return (typeof body === 'object' ? anyOf.find((variant) => Type.IsObject(variant)) : undefined) ?? schema;
}

function sentence({ keyword, instancePath, message, params }: Problem, schema: TSchema): string {
  const place = instancePath.slice(1).replaceAll('/', '.').slice(0, MAX_NAME);
  const where = place === '' ? 'The body' : `"${place}" in the body`;
  const { additionalProperties, requiredProperties, allowedValues } = params as Record<string, unknown>;
  if (keyword === 'additionalProperties') {
    const known = place === '' ? Object.keys((schema as Parts).properties ?? {}) : [];
    const advice = known.length === 0 ? '' : `: it may have ${known.join(', ')}`;
    return `${where} has an unknown field "${listed(additionalProperties).slice(0, MAX_NAME)}"${advice}.`;
  }
  if (keyword === 'required') return `${where} lacks "${listed(requiredProperties)}".`;
  const values = Array.isArray(allowedValues) ? `: ${allowedValues.join(', ')}` : '';
  return `${where} ${message}${values}.`;
}

function listed(names: unknown): string {
  return Array.isArray(names) ? names.join('", "') : '';
}
