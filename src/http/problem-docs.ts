/** The OpenAPI components for problem+json (RFC 9457). */
import { ref, refusalComponents } from './route-docs.ts';

const Problem = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'detail'],
  properties: {
    type: { type: 'string', const: 'about:blank' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', description: 'The error code, for programs; it never changes' },
    detail: { type: 'string', description: 'What is wrong, and what to do' },
  },
};

export const problemComponents = {
  schemas: { Problem },
  responses: refusalComponents({ 'application/problem+json': { schema: ref('schemas', 'Problem') } }),
};
