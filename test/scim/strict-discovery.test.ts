/**
 * Discovery, read by a client that is as strict as real ones. It fails on a key that RFC 7643 and RFC 9865 do not have, on
 * two types with the same name or endpoint, and on a resource with an attribute that its schemas lack.
 */
import Type, { type TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import type { Pins } from '../../src/directory/access/idp-profile.ts';
import type { TokenKind } from '../../src/directory/access/token.ts';
import { person, type Call } from '../acceptance/client.ts';
import { startBridge } from '../feed/events/bridge.ts';

const CORE = 'urn:ietf:params:scim:schemas:core:2.0';
const MODE = 'urn:ietf:params:scim:schemas:extension:mode:2.0';
const OKTA = 'urn:okta:scim:schemas:core:1.0';

const exactly = (properties: Record<string, TSchema>) =>
  Type.Object(properties, { additionalProperties: false });
const Text = Type.String({ minLength: 1 });
const Meta = exactly({ resourceType: Text, location: Text });
const Supported = exactly({ supported: Type.Boolean() });

/** RFC 7643 section 5, with `pagination` of RFC 9865 section 2.3. */
const ServiceProviderConfig = exactly({
  schemas: Type.Tuple([Type.Literal(`${CORE}:ServiceProviderConfig`)]),
  documentationUri: Type.Optional(Text),
  patch: Supported,
  bulk: exactly({ supported: Type.Boolean(), maxOperations: Type.Integer(), maxPayloadSize: Type.Integer() }),
  filter: exactly({ supported: Type.Boolean(), maxResults: Type.Integer() }),
  changePassword: Supported,
  sort: Supported,
  etag: Supported,
  pagination: exactly({
    cursor: Type.Boolean(),
    index: Type.Boolean(),
    defaultPaginationMethod: Type.Enum(['cursor', 'index']),
    defaultPageSize: Type.Integer({ minimum: 1 }),
    maxPageSize: Type.Integer({ minimum: 1 }),
    cursorTimeout: Type.Integer({ minimum: 1 }),
  }),
  authenticationSchemes: Type.Array(
    exactly({
      type: Type.Enum(['oauth', 'oauth2', 'oauthbearertoken', 'httpbasic', 'httpdigest']),
      name: Text,
      description: Text,
      specUri: Type.Optional(Text),
      documentationUri: Type.Optional(Text),
      primary: Type.Optional(Type.Boolean()),
    }),
    { minItems: 1 },
  ),
  meta: Meta,
});

/** RFC 7643 section 6. */
const ResourceType = exactly({
  schemas: Type.Tuple([Type.Literal(`${CORE}:ResourceType`)]),
  id: Text,
  name: Text,
  description: Text,
  endpoint: Type.String({ pattern: '^/' }),
  schema: Type.String({ pattern: '^urn:' }),
  schemaExtensions: Type.Array(
    exactly({ schema: Type.String({ pattern: '^urn:' }), required: Type.Boolean() }),
  ),
  meta: Meta,
});

/** RFC 7643 section 7. */
const attribute = (types: string[], more: Record<string, TSchema> = {}) =>
  exactly({
    name: Type.String({ pattern: '^[$A-Za-z][-_$0-9A-Za-z]*$' }),
    type: Type.Enum(types),
    multiValued: Type.Boolean(),
    description: Text,
    required: Type.Boolean(),
    canonicalValues: Type.Optional(Type.Array(Text)),
    caseExact: Type.Optional(Type.Boolean()),
    mutability: Type.Enum(['readOnly', 'readWrite', 'immutable', 'writeOnly']),
    returned: Type.Enum(['always', 'never', 'default', 'request']),
    uniqueness: Type.Optional(Type.Enum(['none', 'server', 'global'])),
    referenceTypes: Type.Optional(Type.Array(Text)),
    ...more,
  });
const SIMPLE = ['string', 'boolean', 'decimal', 'integer', 'dateTime', 'reference', 'binary'];
const Schema = exactly({
  schemas: Type.Tuple([Type.Literal(`${CORE}:Schema`)]),
  id: Type.String({ pattern: '^urn:' }),
  name: Text,
  description: Text,
  attributes: Type.Array(
    attribute([...SIMPLE, 'complex'], { subAttributes: Type.Optional(Type.Array(attribute(SIMPLE))) }),
  ),
  meta: Meta,
});

type Resource = Readonly<Record<string, unknown>> & { readonly id: string; readonly schemas: string[] };
interface Discovered {
  readonly types: readonly (Resource & { name: string; endpoint: string; schema: string })[];
  readonly schemas: readonly (Resource & { attributes: { name: string; subAttributes?: Part[] }[] })[];
}
interface Part {
  readonly name: string;
  readonly mutability: string;
}

function assertIs(shape: TSchema, value: unknown): void {
  expect(Value.Errors(shape, value)).toEqual([]);
}

/** Runs discovery as a strict client does. @throws for anything that it cannot parse */
async function discover(call: Call): Promise<Discovered> {
  assertIs(ServiceProviderConfig, (await call('GET', '/scim/v2/ServiceProviderConfig')).body);
  const types = (await call('GET', '/scim/v2/ResourceTypes')).body['Resources'] as Discovered['types'];
  const schemas = (await call('GET', '/scim/v2/Schemas')).body['Resources'] as Discovered['schemas'];
  for (const type of types) {
    assertIs(ResourceType, type);
    expect(type.id).toBe(type.name);
  }
  for (const schema of schemas) assertIs(Schema, schema);
  for (const values of [
    types.map(({ name }) => name),
    types.map(({ endpoint }) => endpoint),
    types.map(({ schema }) => schema),
    schemas.map(({ id }) => id),
  ]) {
    expect(values).toEqual([...new Set(values)]);
  }
  return { types, schemas };
}

/** Reads all resources of all types, and checks that they only have attributes that their schemas describe. */
async function assertDescribed(call: Call, { types, schemas }: Discovered): Promise<void> {
  const namesOf = (urn: string) => {
    const found = schemas.find(({ id }) => id === urn);
    expect(found, urn).toBeDefined();
    return found?.attributes.map(({ name }) => name) ?? [];
  };
  for (const type of types) {
    const extensions = (type['schemaExtensions'] as { schema: string }[]).map(({ schema }) => schema);
    const known = ['schemas', 'id', 'externalId', 'meta', ...extensions, ...namesOf(type.schema)];
    const { body } = await call('GET', `/scim/v2${type.endpoint}`);
    const resources = body['Resources'] as Resource[];
    expect(resources.length, type.endpoint).toBeGreaterThan(0);
    for (const resource of resources) {
      expect(known).toEqual(expect.arrayContaining(Object.keys(resource)));
      expect([type.schema, ...extensions]).toEqual(expect.arrayContaining(resource.schemas));
      for (const urn of extensions) {
        expect(namesOf(urn)).toEqual(expect.arrayContaining(Object.keys(resource[urn] ?? {})));
      }
    }
  }
}

async function bridgeWith(kind: TokenKind, pins?: Pins) {
  const bridge = await startBridge('sqlite');
  if (pins !== undefined) await bridge.store.idp.pin('default', pins, bridge.clock.now());
  const { call: scim } = await bridge.as('scim');
  const { body } = await scim('POST', '/scim/v2/Users', person('jane@example.com'));
  await scim('POST', '/scim/v2/Groups', { displayName: 'Team', members: [{ value: body['id'] }] });
  return kind === 'scim' ? scim : (await bridge.as(kind)).call;
}

const idsOf = (resources: readonly Resource[]) => resources.map(({ id }) => id);

describe('a strict client', () => {
  it('discovers everything that it then reads, with the default settings', async () => {
    const call = await bridgeWith('scim');
    const discovered = await discover(call);
    expect(idsOf(discovered.types)).toEqual(['User', 'Group', 'Role', 'Entitlement']);
    expect(discovered.types.map(({ schema }) => schema)).toEqual(
      ['User', 'Group', 'Role', 'Entitlement'].map((name) => `${CORE}:${name}`),
    );
    await assertDescribed(call, discovered);
  });

  it('that knows only the RFCs discovers nothing else under core-only, even with another shape pinned', async () => {
    const call = await bridgeWith('scim', { pinned: null, shapes: ['core-only', 'always-body'] });
    const discovered = await discover(call);
    expect(idsOf(discovered.types)).toEqual(['User', 'Group']);
    const standard = [`${CORE}:User`, `${CORE}:Group`];
    const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
    expect(idsOf(discovered.schemas).toSorted()).toEqual([...standard, enterprise].toSorted());
    await assertDescribed(call, discovered);
    const [group] = (await call('GET', '/scim/v2/Groups')).body['Resources'] as Resource[];
    const patch = { Operations: [{ op: 'replace', path: 'displayName', value: 'Other' }] };
    const patched = await call('PATCH', `/scim/v2/Groups/${group?.id ?? ''}`, patch);
    expect(patched).toMatchObject({ status: 200, body: { displayName: 'Other' } });
    expect(patched.body).not.toHaveProperty([`${MODE}:Group`]);
  });

  it('discovers the actual behaviour: the bridge describes members itself, and accepts no password', async () => {
    const { schemas } = await discover(await bridgeWith('scim'));
    const attributesOf = (name: string) => schemas.find(({ id }) => id === `${CORE}:${name}`)?.attributes;
    const members = attributesOf('Group')?.find(({ name }) => name === 'members');
    const mutability = members?.subAttributes?.map((part) => [part.name, part.mutability]);
    expect(Object.fromEntries(mutability ?? [])).toEqual({
      value: 'immutable',
      display: 'readOnly',
      $ref: 'readOnly',
      type: 'readOnly',
    });
    expect(attributesOf('User')?.map(({ name }) => name)).not.toContain('password');
  });
});

describe("Okta's types and the additions of drafts", () => {
  const twins = [`${OKTA}:Role`, `${OKTA}:Entitlement`];

  it.each<[string, TokenKind, Pins | undefined, boolean]>([
    ['a feed token', 'feed', undefined, true],
    ['a feed token, whatever is pinned', 'feed', { pinned: null, shapes: ['core-only'] }, true],
    ['full-discovery', 'scim', { pinned: null, shapes: ['full-discovery'] }, true],
    ['an Okta connection', 'scim', { pinned: 'okta-put', shapes: [] }, false],
  ])('are returned for %s', async (_what, kind, pins, full) => {
    const call = await bridgeWith(kind, pins);
    const { body: config } = await call('GET', '/scim/v2/ServiceProviderConfig');
    const added = ['RolesAndEntitlements', 'securityEvents'].filter((name) => name in config);
    expect(added).toEqual(full ? ['RolesAndEntitlements', 'securityEvents'] : []);
    const { body: types } = await call('GET', '/scim/v2/ResourceTypes');
    const urns = (types['Resources'] as { schema: string }[]).map(({ schema }) => schema);
    expect(urns).toEqual([
      ...['User', 'Group', 'Role', 'Entitlement'].map((name) => `${CORE}:${name}`),
      ...twins,
    ]);
    const { body: schemas } = await call('GET', '/scim/v2/Schemas');
    expect(idsOf(schemas['Resources'] as Resource[])).toEqual(expect.arrayContaining(urns));
    const { body: role } = await call('GET', '/scim/v2/Roles/admin');
    expect(role).toMatchObject({ schemas: [`${CORE}:Role`, `${OKTA}:Role`], displayName: 'Workspace admin' });
    const { body: entitlement } = await call('GET', '/scim/v2/Entitlements/role:admin:assigned');
    expect(entitlement).toMatchObject({
      schemas: [`${CORE}:Entitlement`, `${OKTA}:Entitlement`],
      displayName: 'Workspace admin',
    });
  });
});
