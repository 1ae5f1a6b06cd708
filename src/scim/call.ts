/** What every operation is told of the request it is for. */
import type { Connection } from '../directory/access/connection.ts';
import type { Guard } from '../directory/access/guard.ts';
import type { Projection } from './codec/projection.ts';

export interface Call {
  readonly connection: Connection;
  /** For a reader of the feed, who is told what people hold, and writes nothing. */
  readonly reads: boolean;
  /** The base URL under which the client sees the service. */
  readonly base: string;
  readonly projection: Projection;
  /** What If-Match allows; undefined: everything. */
  readonly guard: Guard | undefined;
  /** What If-None-Match knows already; undefined: nothing. */
  readonly known: Guard | undefined;
  /** What was taken out of a request that deactivates a person, because it cannot be applied. */
  readonly leftOut?: readonly string[];
}
