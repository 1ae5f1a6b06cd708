/** The introduction and shared components of the OpenAPI document of one API. */
import type { Described } from './route-docs.ts';

export interface ApiSurface {
  readonly name: 'scim' | 'feed' | 'admin';
  readonly title: string;
  readonly description: string;
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  /** A description of the API's token. */
  readonly token: string;
  /** The default origin of the API, without a path. */
  readonly origin: string;
  /** Components that routes refer to. Unused components are left out of the document. */
  readonly components: Readonly<
    Partial<Record<'schemas' | 'parameters' | 'responses' | 'headers', Described>>
  >;
}
