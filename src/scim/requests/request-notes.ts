/** What is learned of a request while it is handled, for the request log. */
import type { ResourceId } from '../../directory/requests/logged-request.ts';
import type { Filter } from '../filter/parse-filter.ts';

export interface RequestNotes {
  filter?: Filter | undefined;
  /** The resources of the operations of a bulk request. */
  bulkIds?: readonly ResourceId[] | undefined;
}
