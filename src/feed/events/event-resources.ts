/** The port by which events get the values of a resource: as SCIM shows it, without the members of a group. */
import type { Attributes } from '../../directory/attributes.ts';
import type { Subject } from '../../directory/subject.ts';

/**
 * @param origin under which the receiver sees the bridge
 * @returns undefined when the resource is gone
 */
export type ReadResource = (
  workspace: string,
  subject: Subject,
  origin: string,
) => Promise<Attributes | undefined>;
