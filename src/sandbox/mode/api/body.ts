/** Reads the body of a write. Mode requires one wrapper key, named after the resource. */
import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { badRequest } from './api-error.ts';

/** @throws ApiError 400 `param_missing` for an unwrapped body, `bad_request` for an invalid one */
export function readWrapped<T extends TSchema>(body: unknown, wrapper: string, schema: T): Static<T> {
  const inner =
    typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[wrapper] : undefined;
  if (inner === undefined)
    throw badRequest(`param is missing or the value is empty: ${wrapper}`, 'param_missing');
  if (!Value.Check(schema, inner)) {
    const [problem] = Value.Errors(schema, inner);
    throw badRequest(`${wrapper}${problem?.instancePath ?? ''}: ${problem?.message ?? 'is not valid'}`);
  }
  return inner;
}
