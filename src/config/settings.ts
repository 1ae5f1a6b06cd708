/**
 * Every setting of the bridge, in one table: its name, what it means, its default, and whether it is secret. The
 * only list; the reader, `check-config` and the documents are made from it.
 */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { BridgeError } from '../errors.ts';

export interface Setting<T> {
  /** The environment variable. A secret may also come from the file that `NAME_FILE` names. */
  readonly name: string;
  /** Other names that mean the same; the first that is set wins. */
  readonly aliases?: readonly string[];
  readonly secret?: true;
  readonly description: string;
  /** What stands when nothing is set, as text; undefined: then it is left out. */
  readonly fallback?: string;
  /** @throws BridgeError invalid_config whose message says what is expected. */
  readonly parse: (text: string) => T;
}

function text(value: string): string {
  return value;
}

function port(value: string): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number > 65_535)
    throw invalid('expects a port from 0 to 65535 (0: any free one)');
  return number;
}

function url(value: string): string {
  const parsed = URL.parse(value);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) throw invalid('expects an http or https URL');
  return value.replace(/\/+$/, '');
}

function databaseUrl(value: string): string {
  if (/^(sqlite:.+|postgres(ql)?:\/\/.+)$/.test(value)) return value;
  throw invalid('expects sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE');
}

function token(value: string): string {
  if (/^[\x21-\x7e]{1,512}$/.test(value)) return value;
  throw invalid('expects up to 512 visible ASCII characters without spaces');
}

function slug(value: string): string {
  if (/^[A-Za-z0-9_-]{1,128}$/.test(value)) return value;
  throw invalid("expects the workspace's name as in its URL: letters, digits, - and _");
}

function rate(value: string): number {
  const number = Number(value);
  if (!/^\d+(\.\d+)?$/.test(value) || number < 0.1 || number > 1_000)
    throw invalid('expects a number of calls a second, from 0.1 to 1000');
  return number;
}

function oneOf<T extends string>(known: readonly T[]): (value: string) => T {
  return (value) => {
    const found = known.find((one) => one === value);
    if (found === undefined) throw invalid(`expects one of ${known.join(', ')}`);
    return found;
  };
}

function numberFrom(least: number, most: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < least || number > most)
      throw invalid(`expects a whole number from ${least} to ${most}`);
    return number;
  };
}

function yesOrNo(value: string): boolean {
  if (/^(true|false)$/i.test(value)) return value.toLowerCase() === 'true';
  throw invalid('expects true or false');
}

function logLevel(value: string): LogLevel {
  const level = LOG_LEVELS.find((candidate) => candidate === value);
  if (level === undefined) throw invalid(`expects one of ${LOG_LEVELS.join(', ')}`);
  return level;
}

function eventDetail(value: string): 'off' | 'notice' | 'full' {
  if (value === 'off' || value === 'notice' || value === 'full') return value;
  throw invalid('expects off, notice or full');
}

/** In one line, too, with \\n for the ends of lines, as some files of settings have it. */
function privateKey(value: string): string {
  const pem = value.replaceAll('\\n', '\n');
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    throw invalid('expects a private key as PEM');
  }
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === 'ec' && details?.namedCurve === 'prime256v1') return pem;
  if (type === 'rsa' && (details?.modulusLength ?? 0) >= MIN_RSA_BITS) return pem;
  throw invalid(`expects a key of the curve P-256, or an RSA key of ${MIN_RSA_BITS} bits or more`);
}

const MIN_RSA_BITS = 2_048;

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
type LogLevel = (typeof LOG_LEVELS)[number];

function invalid(message: string): BridgeError {
  return new BridgeError('invalid_config', message);
}

export const settings = {
  databaseUrl: {
    name: 'BRIDGE_DATABASE_URL',
    description: 'Where everything is remembered: sqlite:PATH or postgres://...',
    fallback: 'sqlite:data/bridge.db',
    secret: true,
    parse: databaseUrl,
  },
  host: {
    name: 'BRIDGE_HOST',
    description: 'Address of the SCIM and feed port',
    fallback: '0.0.0.0',
    parse: text,
  },
  port: { name: 'BRIDGE_PORT', description: 'Port of SCIM and feed', fallback: '8080', parse: port },
  adminHost: {
    name: 'BRIDGE_ADMIN_HOST',
    description: 'Address of the admin port',
    fallback: '127.0.0.1',
    parse: text,
  },
  adminPort: {
    name: 'BRIDGE_ADMIN_PORT',
    description: 'Port of the operators',
    fallback: '8081',
    parse: port,
  },
  publicUrl: {
    name: 'BRIDGE_PUBLIC_URL',
    description:
      'How the IdP reaches the SCIM port, e.g. https://scim.example.com; where it listens, when not set',
    parse: url,
  },
  scimToken: {
    name: 'BRIDGE_SCIM_TOKEN',
    description: 'Fixed bearer token of the IdP; a random one is made when not set',
    secret: true,
    parse: token,
  },
  feedToken: {
    name: 'BRIDGE_FEED_TOKEN',
    description: 'Fixed bearer token of feed readers; a random one is made when not set',
    secret: true,
    parse: token,
  },
  adminToken: {
    name: 'BRIDGE_ADMIN_TOKEN',
    description: 'Fixed bearer token of operators; a random one is made when not set',
    secret: true,
    parse: token,
  },
  modeBaseUrl: {
    name: 'MODE_BASE_URL',
    description: "Mode's address",
    fallback: 'https://app.mode.com',
    parse: url,
  },
  modeWorkspace: {
    name: 'MODE_WORKSPACE',
    aliases: ['BATON_MODE_WORKSPACE'],
    description: "The workspace's name as in its URL",
    parse: slug,
  },
  modeApiKey: {
    name: 'MODE_API_KEY',
    aliases: ['BATON_MODE_API_KEY'],
    description: 'Token of a workspace API key',
    secret: true,
    parse: text,
  },
  modeApiSecret: {
    name: 'MODE_API_SECRET',
    aliases: ['BATON_MODE_API_SECRET'],
    description: 'Secret of that key',
    secret: true,
    parse: text,
  },
  modeInviterKey: {
    name: 'MODE_INVITER_KEY',
    description: "Token of an admin's member API key, for invites: a workspace key cannot send them",
    secret: true,
    parse: text,
  },
  modeInviterSecret: {
    name: 'MODE_INVITER_SECRET',
    description: 'Secret of that key',
    secret: true,
    parse: text,
  },
  modeScimUrl: {
    name: 'MODE_SCIM_URL',
    description: "Address of Mode's own SCIM, when the bridge is to use it for what the API cannot do",
    parse: url,
  },
  modeScimToken: {
    name: 'MODE_SCIM_TOKEN',
    description: "Bearer token of Mode's own SCIM",
    secret: true,
    parse: token,
  },
  modeRequestsPerSecond: {
    name: 'MODE_REQUESTS_PER_SECOND',
    description:
      'Calls to Mode a second, at most: 10 when not set (500 for a Mode on this machine); halved by a 429',
    parse: rate,
  },
  adoption: {
    name: 'BRIDGE_ADOPTION',
    description:
      'auto: members and groups that Mode has already are taken over by e-mail and exact name; off: only by "links set"',
    fallback: 'auto',
    parse: oneOf(['auto', 'off'] as const),
  },
  drift: {
    name: 'BRIDGE_DRIFT',
    description:
      'enforce: what people change in Mode is put back as the IdP wants it; report: it is only told. "drift --set" says it for one connection',
    fallback: 'enforce',
    parse: oneOf(['report', 'enforce'] as const),
  },
  inviteResendDays: {
    name: 'BRIDGE_INVITE_RESEND_DAYS',
    description: 'After so many days an invite that nobody accepted is sent again',
    fallback: '7',
    parse: numberFrom(1, 365),
  },
  inviteMaxSends: {
    name: 'BRIDGE_INVITE_MAX_SENDS',
    description: 'How often an invite is sent in all, before people have to see to it; 1: never again',
    fallback: '3',
    parse: numberFrom(1, 20),
  },
  adminRoleAnyCase: {
    name: 'BRIDGE_ADMIN_ROLE_ANY_CASE',
    description:
      'Whether a role "Admin" makes an admin as "admin" does, which is the only one that Mode documents',
    fallback: 'false',
    parse: yesOrNo,
  },
  events: {
    name: 'BRIDGE_EVENTS',
    description:
      'What SCIM events tell readers of the feed: notice (names of attributes), full (values, too) or off',
    fallback: 'notice',
    parse: eventDetail,
  },
  eventsKey: {
    name: 'BRIDGE_EVENTS_KEY',
    description: 'Private key that signs events, PEM, P-256 or RSA; one is made and kept when not set',
    secret: true,
    parse: privateKey,
  },
  feedPermissions: {
    name: 'FEED_PERMISSIONS',
    description:
      'Whether collections and data sources of Mode are read, too, and who may do what with them; one call each, every hour',
    fallback: 'false',
    parse: yesOrNo,
  },
  feedActivity: {
    name: 'FEED_ACTIVITY',
    description:
      "Whether people's last activity is read from Mode's Discovery API, once a day; it makes a signature token for a day",
    fallback: 'false',
    parse: yesOrNo,
  },
  sandboxPort: {
    name: 'SANDBOX_PORT',
    description: 'Port of the simulated Mode',
    fallback: '4010',
    parse: port,
  },
  sandboxProfile: {
    name: 'SANDBOX_PROFILE',
    description: 'How the simulated Mode behaves: kind, documented or hostile',
    fallback: 'kind',
    parse: text,
  },
  logLevel: {
    name: 'LOG_LEVEL',
    description: `How much is logged: ${LOG_LEVELS.join(', ')}`,
    fallback: 'info',
    parse: logLevel,
  },
} as const satisfies Record<string, Setting<unknown>>;
