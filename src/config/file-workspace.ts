/** Reads one workspace of the configuration file, with its connections. */
import { FILE_SETTING, type FixedToken } from '../directory/access/wanted-access.ts';
import type { ConnectionConfig, PolicyConfig, SettingKey, Values, WorkspaceConfig } from './config.ts';
import {
  CONNECTION_KEYS,
  CONNECTION_NAME,
  CONNECTION_TOKEN_KEYS,
  FILE_LIMITS,
  FILE_STATE,
  MODE_KEYS,
  POLICY_KEYS,
  PROFILE,
  SLUG,
  TARGET,
  TOKEN_KEYS,
  WORKSPACE_KEYS,
  type Field,
} from './file-keys.ts';
import { readModeAccess } from './mode-access.ts';
import { settings } from './settings.ts';
import type { PlacedSecret } from './shared-secrets.ts';
import type { Section } from './yaml-section.ts';

export const WORKSPACE_NAMES = [
  'slug',
  'target',
  'mode',
  'tokens',
  'connections',
  ...Object.values(WORKSPACE_KEYS),
];
const CONNECTION_NAMES = ['name', 'tokens', 'profile', 'policy', ...Object.values(CONNECTION_KEYS)];

/** The secrets of all workspaces, to find those with the same text. */
export interface Secrets {
  readonly tokens: PlacedSecret[];
  readonly others: PlacedSecret[];
}

/** @param secrets those of the workspace are added */
export function readWorkspace(section: Section, problems: string[], secrets: Secrets): WorkspaceConfig {
  const slug = section.get('slug', SLUG);
  section.get('target', TARGET);
  for (const key of ['target', 'connections'])
    if (!section.isGiven(key)) section.problem(key, key === 'target' ? 'is needed: mode' : 'is needed');
  const mode = section.section('mode', Object.values(MODE_KEYS));
  const modeValues = { ...readKeys(mode, MODE_KEYS), modeWorkspace: slug };
  const tokens = section.section('tokens', Object.values(TOKEN_KEYS));
  const { feedToken, adminToken } = readKeys(tokens, TOKEN_KEYS);
  const access = readModeAccess(
    {
      values: modeValues,
      isGiven: (key) => (key === 'modeWorkspace' ? section.isGiven('slug') : mode.isGiven(MODE_KEYS[key])),
      place: (key) => (key === 'modeWorkspace' ? section.placeOf('slug') : mode.placeOf(MODE_KEYS[key])),
    },
    problems,
  );
  const { modeApiKey, modeApiSecret, modeInviterKey, modeInviterSecret, modeScimToken } = modeValues;
  secrets.others.push(
    { place: mode.placeOf('api_key'), text: modeApiKey },
    { place: mode.placeOf('api_secret'), text: modeApiSecret },
    { place: mode.placeOf('inviter_key'), text: modeInviterKey },
    { place: mode.placeOf('inviter_secret'), text: modeInviterSecret },
    { place: mode.placeOf('scim_token'), text: modeScimToken },
  );
  secrets.tokens.push(
    { place: tokens.placeOf('feed'), text: feedToken },
    { place: tokens.placeOf('admin'), text: adminToken },
  );
  const connections = section.sections('connections', CONNECTION_NAMES, FILE_LIMITS.connections);
  const wanted = connections.map((connection) => readConnection(connection, secrets));
  const names = wanted.map(({ name }) => name);
  reportRepeated(
    connections,
    'name',
    names,
    'another connection of the workspace has this name (upper and lower case make no difference)',
  );
  return {
    ...readKeys(section, WORKSPACE_KEYS),
    modeRequestsPerSecond: modeValues.modeRequestsPerSecond,
    slug: slug ?? '',
    target: 'mode',
    policy: defaultPolicy(),
    mode: access,
    tokens: {
      feed: fixed(feedToken, tokens.placeOf('feed')),
      admin: fixed(adminToken, tokens.placeOf('admin')),
    },
    connections: wanted,
  };
}

function readConnection(section: Section, secrets: Secrets): ConnectionConfig {
  if (!section.isGiven('name')) section.problem('name', 'is needed');
  const name = section.get('name', CONNECTION_NAME) ?? '';
  const tokens = section.section('tokens', Object.values(CONNECTION_TOKEN_KEYS));
  const { scimToken } = readKeys(tokens, CONNECTION_TOKEN_KEYS);
  secrets.tokens.push({ place: tokens.placeOf('scim'), text: scimToken });
  return {
    name,
    state: readKeys(section, CONNECTION_KEYS).connectionState ?? FILE_STATE,
    tokens: { scim: fixed(scimToken, tokens.placeOf('scim')) },
    profile: section.get('profile', PROFILE),
    policy: readKeys(section.section('policy', Object.values(POLICY_KEYS)), POLICY_KEYS),
  };
}

function fixed(text: string | undefined, place: string): FixedToken | undefined {
  return text === undefined ? undefined : { text, setting: FILE_SETTING, place };
}

/** The policy of connections that are not described. */
export function defaultPolicy(): PolicyConfig {
  return readKeys(undefined, POLICY_KEYS);
}

/** The values of a table's keys, with the defaults of the settings. Without a section, only the defaults. */
function readKeys<K extends SettingKey>(
  section: Section | undefined,
  keys: Readonly<Record<K, string>>,
): Pick<Values, K> {
  const values: Record<string, unknown> = {};
  for (const [key, name] of entriesOf(keys)) {
    const field: Field<unknown> = settings[key];
    const otherwise = field.fallback === undefined ? undefined : field.parse(field.fallback);
    values[key] = section?.isGiven(name) === true ? section.get(name, field) : otherwise;
  }
  return values as unknown as Pick<Values, K>;
}

function entriesOf<K extends SettingKey>(keys: Readonly<Record<K, string>>): [K, string][] {
  return Object.entries(keys) as [K, string][];
}

/**
 * Upper and lower case make no difference. @param names of the sections, in order; empty for a section without a name
 */
export function reportRepeated(
  sections: readonly Section[],
  key: string,
  names: readonly string[],
  message: string,
): void {
  const folded = names.map((name) => name.toLowerCase());
  for (const [index, section] of sections.entries()) {
    const first = folded.indexOf(folded[index] ?? '');
    if (folded[index] !== '' && first < index)
      section.problem(key, `${message}: ${sections[first]?.placeOf(key) ?? ''}`);
  }
}
