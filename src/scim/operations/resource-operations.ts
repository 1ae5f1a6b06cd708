/** The operations on one resource type. Routes, searches and bulk requests use them. */
import type { ScimResponse } from '../scim-response.ts';
import type { ScimCall } from '../scim-call.ts';
import type { ResourcePage } from '../codec/list-response.ts';
import type { ListRequest } from '../paging/list-request.ts';

/** Every operation throws BridgeError, like the use cases of the directory. */
export interface ResourceOperations {
  readonly name: 'User' | 'Group';
  list(call: ScimCall, request: ListRequest): Promise<ResourcePage>;
  read(call: ScimCall, id: string): Promise<ScimResponse>;
  create(call: ScimCall, body: unknown): Promise<ScimResponse>;
  replace(call: ScimCall, id: string, body: unknown): Promise<ScimResponse>;
  patch(call: ScimCall, id: string, body: unknown): Promise<ScimResponse>;
  remove(call: ScimCall, id: string): Promise<ScimResponse>;
  /** Whether the request is a PUT or PATCH that deactivates. Only users have this operation. */
  deactivates?(request: { readonly method: string; readonly data?: unknown }): boolean;
}
