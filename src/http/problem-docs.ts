/** problem+json (RFC 9457), as the OpenAPI documents describe it. */
import { ref, refusalComponents } from './route-docs.ts';

const Problem = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'detail'],
  properties: {
    type: { type: 'string', const: 'about:blank' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', description: 'For programs: it does not change' },
    detail: { type: 'string', description: 'For people: what happened, why, and what to do' },
  },
};

export const problemComponents = {
  schemas: { Problem },
  responses: refusalComponents({ 'application/problem+json': { schema: ref('schemas', 'Problem') } }),
};
