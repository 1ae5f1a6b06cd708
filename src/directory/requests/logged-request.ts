/**
 * One request of a SCIM client and its response, as it is stored: without any values. Every text is from a closed list,
 * a name from a schema, or an id from the bridge. No field can have a value, an operand of a filter, a token or a URL.
 */
import type { IdpProfile } from '../access/idp-profile.ts';

export const REQUEST_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'other'] as const;
export type RequestMethod = (typeof REQUEST_METHODS)[number];

/** The patterns of the SCIM routes. `unknown`: no route has the URL. */
export const REQUEST_ROUTES = [
  '/',
  '/.search',
  '/Bulk',
  '/Entitlements',
  '/Entitlements/:id',
  '/Groups',
  '/Groups/.search',
  '/Groups/:id',
  '/Me',
  '/ResourceTypes',
  '/ResourceTypes/:id',
  '/Roles',
  '/Roles/:id',
  '/Schemas',
  '/Schemas/:id',
  '/ServiceProviderConfig',
  '/Users',
  '/Users/.search',
  '/Users/:id',
  'unknown',
] as const;
export type RequestRoute = (typeof REQUEST_ROUTES)[number];

/** The kind of an operation: of a PATCH, or a method of a bulk request. */
export const OPERATION_KINDS = ['add', 'replace', 'remove', 'post', 'put', 'patch', 'delete'] as const;
export type OperationKind = (typeof OPERATION_KINDS)[number];

export const FILTER_OPERATORS = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le', 'pr'] as const;
export type FilterOperator = (typeof FILTER_OPERATORS)[number];

/** The `scimType` of an error (RFC 7644 section 3.12, RFC 9865). */
export const SCIM_TYPES = [
  'invalidSyntax',
  'invalidValue',
  'invalidFilter',
  'invalidPath',
  'noTarget',
  'tooMany',
  'mutability',
  'uniqueness',
  'invalidCursor',
  'invalidCount',
  'expiredCursor',
] as const;
export type ScimType = (typeof SCIM_TYPES)[number];

/** The name or path of an attribute as a schema spells it. Only `scim/requests/attribute-names.ts` makes one. */
export type AttributeName = string & { readonly isAttributeName: never };

/** An id that the bridge may have given. Only `resourceId` makes one. */
export type ResourceId = string & { readonly isResourceId: never };

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** @returns undefined for a text that does not have the form of the bridge's ids */
export function resourceId(text: unknown): ResourceId | undefined {
  return typeof text === 'string' && ID.test(text) ? (text as ResourceId) : undefined;
}

export interface FilterClause {
  /** Null when no schema has the attribute. */
  readonly attribute: AttributeName | null;
  readonly operator: FilterOperator;
}

export interface LoggedRequest {
  /** The request id, as in the log. Ids increase with time. */
  readonly id: string;
  /** When it arrived. Milliseconds since the epoch. */
  readonly at: number;
  readonly method: RequestMethod;
  readonly route: RequestRoute;
  readonly resourceType: 'User' | 'Group' | null;
  /** The id in the URL, or of the created resource. */
  readonly resourceId: ResourceId | null;
  /** The resources of the operations of a bulk request. */
  readonly bulkIds: readonly ResourceId[];
  /** The attributes in the body. */
  readonly attributes: readonly AttributeName[];
  /** The number of other attributes in the body, which no schema has. */
  readonly unknownAttributes: number;
  readonly operations: Readonly<Partial<Record<OperationKind, number>>>;
  readonly filter: readonly FilterClause[];
  /** Null when the client closed the connection before the response. */
  readonly status: number | null;
  readonly scimType: ScimType | null;
  /** Milliseconds, with tenths. */
  readonly durationMs: number;
  /** Null without a valid token. */
  readonly workspace: string | null;
  /** Null without a valid token, and for a feed token. */
  readonly connectionId: string | null;
  /** The IdP of the connection, if known; null without a connection. */
  readonly profile: IdpProfile | null;
}
