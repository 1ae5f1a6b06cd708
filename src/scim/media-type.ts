/** Chooses the media type of a response (RFC 7644 section 3.8): SCIM's, unless the client accepts only plain JSON. */
import type { FastifyRequest } from 'fastify';

const SCIM = 'application/scim+json';
const JSON_TYPE = 'application/json';
const CHARSET = '; charset=utf-8';

/** @returns the value of the Content-Type header */
export function mediaTypeFor({ headers: { accept } }: FastifyRequest): string {
  if (accept === undefined || accept.includes(SCIM)) return SCIM + CHARSET;
  return (weight(accept, JSON_TYPE) > weight(accept, SCIM) ? JSON_TYPE : SCIM) + CHARSET;
}

/** The weight of a type, from 0 to 1 (RFC 9110 section 12.5.1). The most specific range decides. */
function weight(accept: string, type: string): number {
  const names = ['*/*', 'application/*', type];
  let [best, rank] = [0, -1];
  for (const range of accept.split(',')) {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const exactness = names.indexOf(name);
    if (exactness <= rank) continue;
    rank = exactness;
    const q = parameters.find((parameter) => parameter.startsWith('q='));
    best = q === undefined ? 1 : Number(q.slice(2)) || 0;
  }
  return best;
}
