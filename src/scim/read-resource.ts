/** Reads one resource as a SCIM client would see it. SCIM events use it for their values. */
import type { Attributes } from '../directory/attributes.ts';
import type { Subject } from '../directory/subject.ts';
import { BridgeError } from '../errors.ts';
import type { ScimCall } from './scim-call.ts';
import { readProjection } from './codec/projection.ts';
import { groupOperations } from './operations/group-operations.ts';
import { userOperations } from './operations/user-operations.ts';
import type { ScimContext } from './scim-context.ts';

/** Members are excluded: there may be any number of them. */
const PROJECTION = readProjection(undefined, 'members');

/**
 * @param prefix path of the SCIM routes, e.g. /scim/v2
 * @returns a function that takes the origin at which a client sees the service. It resolves to undefined for a resource
 * that does not exist any more.
 */
export function createReadResource(
  context: ScimContext,
  prefix: string,
): (workspace: string, subject: Subject, origin: string) => Promise<Attributes | undefined> {
  const operations = { user: userOperations(context), group: groupOperations(context) };
  return async (workspace, { kind, id }, origin) => {
    const base = origin + prefix;
    const whole = { projection: PROJECTION, guard: undefined, known: undefined };
    const call: ScimCall = { workspace, connection: undefined, base, ...whole };
    try {
      const { body } = await operations[kind].read(call, id);
      return typeof body === 'string' ? (JSON.parse(body) as Attributes) : undefined;
    } catch (error) {
      if (error instanceof BridgeError && error.code === 'not_found') return undefined;
      throw error;
    }
  };
}
