/** The URNs of SCIM (RFC 7643, RFC 7644), of supported drafts and vendors, and of the bridge's own schemas. */
export const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
/** What the bridge knows about a resource on Mode; read-only. */
export const MODE_USER = 'urn:ietf:params:scim:schemas:extension:mode:2.0:User';
export const MODE_GROUP = 'urn:ietf:params:scim:schemas:extension:mode:2.0:Group';
/** draft-ietf-scim-roles-entitlements */
export const ROLE = 'urn:ietf:params:scim:schemas:core:2.0:Role';
export const ENTITLEMENT = 'urn:ietf:params:scim:schemas:core:2.0:Entitlement';
export const OKTA_ROLE = 'urn:okta:scim:schemas:core:1.0:Role';
export const OKTA_ENTITLEMENT = 'urn:okta:scim:schemas:core:1.0:Entitlement';
export const LIST_RESPONSE = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';
export const BULK_RESPONSE = 'urn:ietf:params:scim:api:messages:2.0:BulkResponse';
export const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error';
export const SERVICE_PROVIDER_CONFIG = 'urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig';
export const RESOURCE_TYPE = 'urn:ietf:params:scim:schemas:core:2.0:ResourceType';
