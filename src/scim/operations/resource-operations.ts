/** The operations on one resource type. Routes, searches and bulk requests use them. */
import type { Answer } from '../answer.ts';
import type { Call } from '../call.ts';
import type { ResourcePage } from '../codec/list-response.ts';
import type { ListRequest } from '../paging/list-request.ts';

/** Every operation throws BridgeError, like the use cases of the directory. */
export interface ResourceOperations {
  readonly name: 'User' | 'Group';
  list(call: Call, request: ListRequest): Promise<ResourcePage>;
  read(call: Call, id: string): Promise<Answer>;
  create(call: Call, body: unknown): Promise<Answer>;
  replace(call: Call, id: string, body: unknown): Promise<Answer>;
  patch(call: Call, id: string, body: unknown): Promise<Answer>;
  remove(call: Call, id: string): Promise<Answer>;
  /** Whether the request is a PUT or PATCH that deactivates. Only users have this operation. */
  deactivates?(request: { readonly method: string; readonly data?: unknown }): boolean;
}
