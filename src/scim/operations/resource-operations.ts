/** What can be done with the resources of one type, whoever asks: a route, a search, a bulk request. */
import type { Answer } from '../answer.ts';
import type { Call } from '../call.ts';
import type { ResourcePage } from '../codec/list-response.ts';
import type { ListRequest } from '../paging/list-request.ts';

/** All of them throw BridgeError, as the directory's use cases and the readers of bodies do. */
export interface ResourceOperations {
  readonly name: 'User' | 'Group';
  list(call: Call, request: ListRequest): Promise<ResourcePage>;
  read(call: Call, id: string): Promise<Answer>;
  create(call: Call, body: unknown): Promise<Answer>;
  replace(call: Call, id: string, body: unknown): Promise<Answer>;
  patch(call: Call, id: string, body: unknown): Promise<Answer>;
  remove(call: Call, id: string): Promise<Answer>;
  /** Whether it is a PUT or PATCH that deactivates: of people only. */
  deactivates?(request: { readonly method: string; readonly data?: unknown }): boolean;
}
