/** What a SCIM request asks for in its query: names in any case, unknown ones ignored. */
import type { FastifyRequest } from 'fastify';
import { BridgeError } from '../errors.ts';
import { readProjection, type Projection } from './codec/projection.ts';

const DEFAULT_COUNT = 100;
export const MAX_COUNT = 1_000;
const MAX_START_INDEX = 1_000_000_000;

export interface ListRequest {
  readonly filter: string | undefined;
  /** One-based. */
  readonly startIndex: number;
  readonly count: number;
}

/** A start before the first is the first, a negative count is none, too large a one is cut (RFC 7644 3.4.2.4). */
export function readListRequest(request: FastifyRequest): ListRequest {
  const filter = parameter(request, 'filter');
  return {
    filter: filter?.trim() === '' ? undefined : filter,
    startIndex: Math.min(Math.max(integer(request, 'startIndex', 1), 1), MAX_START_INDEX),
    count: Math.min(Math.max(integer(request, 'count', DEFAULT_COUNT), 0), MAX_COUNT),
  };
}

export function requestedProjection(request: FastifyRequest): Projection {
  return readProjection(parameter(request, 'attributes'), parameter(request, 'excludedAttributes'));
}

function parameter(request: FastifyRequest, name: string): string | undefined {
  const query = request.query as Readonly<Record<string, string | readonly string[]>>;
  const key = Object.keys(query).find((candidate) => candidate.toLowerCase() === name.toLowerCase());
  const value = key === undefined ? undefined : query[key];
  return typeof value === 'string' ? value : value?.[0];
}

function integer(request: FastifyRequest, name: string, fallback: number): number {
  const text = parameter(request, name)?.trim();
  if (text === undefined || text === '') return fallback;
  if (/^-?\d{1,12}$/.test(text)) return Number(text);
  throw new BridgeError('invalid_value', `The parameter "${name}" is to be a whole number.`);
}
