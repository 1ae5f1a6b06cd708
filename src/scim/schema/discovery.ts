/** The three documents by which a client learns what the bridge can do (RFC 7644 section 4). */
import { enterpriseDefinition, groupSchema, userSchema, type Definition } from './resource-schema.ts';
import { ENTERPRISE, GROUP, RESOURCE_TYPE, SERVICE_PROVIDER_CONFIG, USER } from './urns.ts';

/** @param base of the SCIM service, e.g. https://host/scim/v2 */
export function serviceProviderConfig(base: string, maxResults: number) {
  return {
    schemas: [SERVICE_PROVIDER_CONFIG],
    patch: { supported: true },
    bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
    filter: { supported: true, maxResults },
    changePassword: { supported: false },
    sort: { supported: false },
    etag: { supported: false },
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'Bearer token',
        description: 'A token of the bridge in the header Authorization: Bearer <token>',
        specUri: 'https://www.rfc-editor.org/info/rfc6750',
        primary: true,
      },
    ],
    meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
  };
}

export function resourceTypes(base: string) {
  const type = (name: string, schema: string, schemaExtensions: readonly object[]) => ({
    schemas: [RESOURCE_TYPE],
    id: name,
    name,
    endpoint: `/${name}s`,
    description: name === 'User' ? 'People of the Mode workspace' : 'Groups of the Mode workspace',
    schema,
    schemaExtensions,
    meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/${name}` },
  });
  return [type('User', USER, [{ schema: ENTERPRISE, required: false }]), type('Group', GROUP, [])];
}

export function schemas(base: string) {
  return [userSchema.definition, groupSchema.definition, enterpriseDefinition].map((definition) =>
    plain(definition, base),
  );
}

/** scimmy's attributes write themselves as JSON; what they are not is a plain document. */
function plain(definition: Definition, base: string) {
  return JSON.parse(JSON.stringify(definition.describe(`${base}/Schemas`))) as { readonly id: string };
}
