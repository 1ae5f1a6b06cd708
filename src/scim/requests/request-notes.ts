/** What is known about a request until its answer, for the request log. */
import type { ResourceId, ScimType } from '../../directory/requests/logged-request.ts';
import type { Filter } from '../filter/parse-filter.ts';

export interface RequestNotes {
  /** Milliseconds since the epoch. */
  readonly arrivedAt: number;
  scimType?: ScimType | undefined;
  filter?: Filter | undefined;
  /** The resources of the operations of a bulk request. */
  bulkIds?: readonly ResourceId[] | undefined;
}
