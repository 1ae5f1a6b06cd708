/**
 * The port to what remembers requests.
 *
 * Guarantees: `add` is atomic, and adding a request again changes nothing, so that it may be retried. A list is ordered by
 * time and id, newest first, and each request is on one page only.
 */
import type { IdpProfile } from '../access/idp-profile.ts';
import type { LoggedRequest, RequestMethod } from './logged-request.ts';

/** Where a page ended. */
export interface RequestPosition {
  readonly at: number;
  readonly id: string;
}

/** Statuses from the first to the second, both included. */
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
  /** Only older ones than this. */
  readonly before?: RequestPosition | undefined;
  readonly limit: number;
}

export interface RequestStore {
  add(requests: readonly LoggedRequest[]): Promise<void>;
  /** Requests of the workspace, and those without one: a token that was not accepted belongs to none. */
  list(workspace: string, query: RequestQuery): Promise<readonly LoggedRequest[]>;
  /**
   * Deletes requests that arrived before `before`, and the oldest above `maxRows`, about `limit` at once: requests that
   * came together go together, the last of them being old.
   * @returns how many were deleted; fewer than `limit`: none is left to delete
   */
  prune(before: number, maxRows: number, limit: number): Promise<number>;
}
