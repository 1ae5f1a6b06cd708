/** The port for the values in events: the SCIM representation of a resource, without the members of a group. */
import type { Attributes } from '../../directory/attributes.ts';
import type { Subject } from '../../directory/subject.ts';

/**
 * @param origin the bridge's origin for the receiver
 * @returns undefined if the resource is gone
 */
export type ReadResource = (
  workspace: string,
  subject: Subject,
  origin: string,
) => Promise<Attributes | undefined>;
