/** One of the bridge's APIs, as its OpenAPI document introduces it. */
import type { Described } from './route-docs.ts';

export interface ApiSurface {
  readonly name: 'scim' | 'feed' | 'admin';
  readonly title: string;
  readonly description: string;
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  /** What the API's token is, for people. */
  readonly token: string;
  /** The address at which the API is by default, without a path. */
  readonly origin: string;
  /** What the routes refer to; what no route refers to is left out of the document. */
  readonly components: Readonly<
    Partial<Record<'schemas' | 'parameters' | 'responses' | 'headers', Described>>
  >;
}
