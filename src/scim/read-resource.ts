/** Reads one resource as a client would see it, for others than clients: what SCIM events tell the values of. */
import type { Attributes } from '../directory/attributes.ts';
import type { Connection } from '../directory/access/connection.ts';
import type { Subject } from '../directory/subject.ts';
import { BridgeError } from '../errors.ts';
import type { Call } from './call.ts';
import { readProjection } from './codec/projection.ts';
import { groupOperations } from './operations/group-operations.ts';
import { userOperations } from './operations/user-operations.ts';
import type { ScimContext } from './scim-context.ts';

/** There may be any number of members: whoever wants them asks for them. */
const PROJECTION = readProjection(undefined, 'members');

/**
 * @param prefix of the SCIM routes, e.g. /scim/v2
 * @returns reads by the origin under which a client sees the service; undefined for a resource that is gone
 */
export function createReadResource(
  context: ScimContext,
  prefix: string,
): (connection: Connection, subject: Subject, origin: string) => Promise<Attributes | undefined> {
  const operations = { user: userOperations(context), group: groupOperations(context) };
  return async (connection, { kind, id }, origin) => {
    const base = origin + prefix;
    const whole = { projection: PROJECTION, guard: undefined, known: undefined };
    const call: Call = { connection, reads: true, base, ...whole };
    try {
      const { body } = await operations[kind].read(call, id);
      return typeof body === 'string' ? (JSON.parse(body) as Attributes) : undefined;
    } catch (error) {
      if (error instanceof BridgeError && error.code === 'not_found') return undefined;
      throw error;
    }
  };
}
