/** The JSON Schema of the configuration file, made from the tables that the file is read with. Editors check files by it. */
import { Type, type TProperties, type TSchema } from 'typebox';
import type { SettingKey } from './config.ts';
import {
  CONNECTION_KEYS,
  CONNECTION_NAME,
  CONNECTION_TOKEN_KEYS,
  FILE_LIMITS,
  MODE_KEYS,
  POLICY_KEYS,
  PROFILE,
  SERVER_KEYS,
  SLUG,
  TARGET,
  TOKEN_KEYS,
  WORKSPACE_KEYS,
  type Field,
} from './file-keys.ts';
import { settings } from './settings.ts';

const closed = { additionalProperties: false };
const SECRET: TSchema[] = [
  Type.Object({ env: Type.String({ description: 'The environment variable that has the secret' }) }, closed),
  Type.Object({ file: Type.String({ description: 'The file that has it; relative to this file' }) }, closed),
];
/** An SQLite database needs no password. */
const DATABASE = Type.String({ pattern: '^sqlite:' });
const NEEDED: readonly SettingKey[] = ['modeApiKey', 'modeApiSecret'];

export const fileSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Configuration of the Mode SCIM bridge (BRIDGE_CONFIG)',
  ...Type.Object(
    {
      server: Type.Optional(Type.Object(properties(SERVER_KEYS), closed)),
      workspaces: list(
        FILE_LIMITS.workspaces,
        Type.Object(
          {
            slug: schemaOf(SLUG),
            target: schemaOf(TARGET),
            mode: Type.Object(properties(MODE_KEYS), closed),
            ...properties(WORKSPACE_KEYS),
            tokens: Type.Optional(Type.Object(properties(TOKEN_KEYS), closed)),
            connections: list(
              FILE_LIMITS.connections,
              Type.Object(
                {
                  name: schemaOf(CONNECTION_NAME),
                  ...properties(CONNECTION_KEYS),
                  profile: Type.Optional(schemaOf(PROFILE)),
                  policy: Type.Optional(Type.Object(properties(POLICY_KEYS), closed)),
                  tokens: Type.Optional(Type.Object(properties(CONNECTION_TOKEN_KEYS), closed)),
                },
                closed,
              ),
            ),
          },
          closed,
        ),
      ),
    },
    closed,
  ),
};

function list(maxItems: number, items: TSchema): TSchema {
  return Type.Array(items, { minItems: 1, maxItems });
}

function properties(keys: Partial<Record<SettingKey, string>>): TProperties {
  const entries = Object.entries(keys).map(([key, name]) => {
    const schema = schemaOf(settings[key as SettingKey]);
    return [name, NEEDED.includes(key as SettingKey) ? schema : Type.Optional(schema)] as const;
  });
  return Object.fromEntries(entries);
}

function schemaOf({ parse, secret, description, fallback }: Field<unknown>): TSchema {
  const about = {
    description,
    ...(fallback === undefined ? {} : { default: valueOf(parse.schema, fallback) }),
  };
  if (secret !== true) return { ...parse.schema, ...about };
  return Type.Union(parse === settings.databaseUrl.parse ? [...SECRET, DATABASE] : SECRET, about);
}

/** A default in the form of the file. */
function valueOf(schema: TSchema, text: string): unknown {
  const { type } = schema as { type?: string };
  if (type === 'integer' || type === 'number') return Number(text);
  if (type === 'boolean') return text === 'true';
  if (type === 'array') return text === '' ? [] : text.split(',');
  return text;
}
