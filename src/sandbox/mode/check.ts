/** Checks input of the control API, and reports what is wrong with it. Pure. */
import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { badRequest } from './api/api-error.ts';

/** @throws ApiError 400 that names the field and, for a closed list, the allowed values */
export function check<T extends TSchema>(schema: T, value: unknown): Static<T> {
  if (Value.Check(schema, value)) return value;
  const [problem] = Value.Errors(schema, value);
  throw badRequest(`${problem?.instancePath ?? ''} ${describe(problem)}`.trim());
}

function describe(problem: { message: string; params?: object } | undefined): string {
  const allowed = (problem?.params as { allowedValues?: unknown[] } | undefined)?.allowedValues;
  return `${problem?.message ?? 'is not valid'}${allowed === undefined ? '' : `: ${allowed.join(', ')}`}`;
}

/** @throws ApiError 400 that lists the known names */
export function refuseUnknown(what: string, names: readonly string[], known: readonly string[]): void {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw badRequest(`Unknown ${what} "${unknown}". Use one of: ${known.join(', ')}`);
}
