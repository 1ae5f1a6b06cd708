/** Pieces that several JSON Schemas of SCIM bodies share. */
import type { Described } from '../../http/route-docs.ts';
import { LIST_RESPONSE } from '../schema/urns.ts';

export const text = (description: string) => ({ type: 'string', description });
export const urns = { type: 'array', items: { type: 'string' }, description: 'The URNs of the schemas' };
export const whole = (description: string) => ({ type: 'integer', description });
export const supported = {
  type: 'object',
  required: ['supported'],
  properties: { supported: { type: 'boolean' } },
};

export function listOf(items: Described): Described {
  return {
    type: 'object',
    required: ['schemas', 'totalResults', 'itemsPerPage', 'Resources'],
    properties: {
      schemas: { type: 'array', items: { const: LIST_RESPONSE } },
      totalResults: whole('The total number of results'),
      startIndex: whole('The index of the first result on the page, from 1; absent in cursor paging'),
      itemsPerPage: whole('The number of results on the page'),
      nextCursor: text('The cursor of the next page; absent on the last page'),
      Resources: { type: 'array', items },
    },
  };
}
