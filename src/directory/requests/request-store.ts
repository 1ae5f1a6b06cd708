/**
 * The port to stored requests.
 *
 * Guarantees: `add` is atomic, and adding a request again changes nothing, so it may be retried. A list is sorted by
 * time and id, newest first, and each request is on one page only.
 */
import type { IdpProfile } from '../access/idp-profile.ts';
import type { LoggedRequest, RequestMethod } from './logged-request.ts';

/** The end of a page. */
export interface RequestPosition {
  readonly at: number;
  readonly id: string;
}

/** A range of statuses, inclusive. */
export type StatusRange = readonly [from: number, to: number];

export interface RequestQuery {
  readonly connectionId?: string | undefined;
  /** A user or a group. */
  readonly resourceId?: string | undefined;
  /** `closed`: the client did not wait for the answer. */
  readonly status?: StatusRange | 'closed' | undefined;
  readonly method?: RequestMethod | undefined;
  readonly profile?: IdpProfile | undefined;
  /** Arrived at this time or later. Milliseconds since the epoch. */
  readonly from?: number | undefined;
  /** Arrived before this time. */
  readonly to?: number | undefined;
  /** Only requests older than this. */
  readonly before?: RequestPosition | undefined;
  readonly limit: number;
}

export interface RequestStore {
  add(requests: readonly LoggedRequest[]): Promise<void>;
  /** Requests of the workspace, and requests without a valid token, which have no workspace. */
  list(workspace: string, query: RequestQuery): Promise<readonly LoggedRequest[]>;
  /**
   * Deletes requests that arrived before `before`, and the oldest above `maxRows`, about `limit` at once. Requests that
   * were stored together are deleted together when the last one is old. @returns how many were deleted; fewer than
   * `limit` when none is left
   */
  prune(before: number, maxRows: number, limit: number): Promise<number>;
}
