/**
 * Every setting of the bridge, in one table: its name, what it means, its default, and whether it is secret. The
 * reader, `check-config` and the documents are made from this table.
 */
import { CONNECTION_STATES } from '../directory/access/connection.ts';
import { modeSettings } from './mode-settings.ts';
import { policySettings } from './policy-settings.ts';
import type { Setting } from './setting.ts';
import {
  bridgeToken,
  databaseUrl,
  isProduction,
  hostNames,
  numberFrom,
  oneOf,
  port,
  privateKey,
  signingKey,
  slugs,
  text,
  url,
  webhookSecret,
  webhookUrl,
  yesOrNo,
} from './setting-values.ts';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export const settings = {
  configFile: {
    name: 'BRIDGE_CONFIG',
    description:
      'A YAML file that describes several workspaces and connections (docs/configuration.md), in place of the MODE_ settings and the tokens',
    parse: text,
  },
  databaseUrl: {
    name: 'BRIDGE_DATABASE_URL',
    description: 'The database: sqlite:PATH or postgres://...',
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
    description: 'Port of the admin API',
    fallback: '8081',
    parse: port,
  },
  adminHosts: {
    name: 'BRIDGE_ADMIN_HOSTS',
    description:
      'Further host names of the admin port, separated by commas; localhost, IP addresses and the names in BRIDGE_ADMIN_HOST and BRIDGE_PUBLIC_URL are always accepted',
    fallback: '',
    parse: hostNames,
  },
  publicUrl: {
    name: 'BRIDGE_PUBLIC_URL',
    description:
      'The URL at which the IdP reaches the SCIM port, e.g. https://scim.example.com; when not set, the Host header of each request',
    parse: url,
  },
  scimToken: {
    name: 'BRIDGE_SCIM_TOKEN',
    description: 'Fixed bearer token of the IdP, 16 characters or more; a random one is made when not set',
    secret: true,
    parse: bridgeToken,
  },
  feedToken: {
    name: 'BRIDGE_FEED_TOKEN',
    description:
      'Fixed bearer token of feed readers, 16 characters or more; a random one is made when not set',
    secret: true,
    parse: bridgeToken,
  },
  adminToken: {
    name: 'BRIDGE_ADMIN_TOKEN',
    description: 'Fixed bearer token of operators, 16 characters or more; a random one is made when not set',
    secret: true,
    parse: bridgeToken,
  },
  connectionState: {
    name: 'BRIDGE_CONNECTION_STATE',
    description:
      'live: changes are made in Mode; shadow: they are only planned; paused: they are held. When not set, the state that a command set last, or live',
    parse: oneOf(CONNECTION_STATES),
  },
  ...modeSettings,
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
      'enforce: what people change in Mode is changed back to what the IdP wants; report: it is only reported. "drift --set" sets it for one connection',
    fallback: 'enforce',
    parse: oneOf(['report', 'enforce'] as const),
  },
  inviteResendDays: {
    name: 'BRIDGE_INVITE_RESEND_DAYS',
    description: 'An invite that nobody accepted is sent again after this number of days',
    fallback: '7',
    parse: numberFrom(1, 365),
  },
  inviteMaxSends: {
    name: 'BRIDGE_INVITE_MAX_SENDS',
    description:
      'How many times an invite is sent in all, before it needs manual action; 1: it is never sent again',
    fallback: '3',
    parse: numberFrom(1, 20),
  },
  leaverObjectiveMinutes: {
    name: 'BRIDGE_LEAVER_OBJECTIVE_MINUTES',
    description:
      'How long it may take from the deactivation of a person until a read of Mode shows that they have no access; a longer removal is reported',
    fallback: '15',
    parse: numberFrom(1, 43_200),
  },
  ...policySettings,
  adminRoleAnyCase: {
    name: 'BRIDGE_ADMIN_ROLE_ANY_CASE',
    description: 'Whether a role "Admin" counts as "admin", the only spelling that Mode documents',
    fallback: 'false',
    parse: yesOrNo,
  },
  events: {
    name: 'BRIDGE_EVENTS',
    description: 'What SCIM events contain: notice (names of attributes), full (values, too) or off',
    fallback: 'notice',
    parse: oneOf(['off', 'notice', 'full'] as const),
  },
  eventsKey: {
    name: 'BRIDGE_EVENTS_KEY',
    description: 'Private key that signs events, PEM, P-256 or RSA; one is made and kept when not set',
    secret: true,
    parse: privateKey,
  },
  auditKey: {
    name: 'BRIDGE_AUDIT_KEY',
    description:
      'Private key that signs checkpoints and exports of the audit log, Ed25519, PEM (docs/audit.md); nothing is signed when not set',
    secret: true,
    parse: signingKey,
  },
  notifyUrl: {
    name: 'BRIDGE_NOTIFY_URL',
    description:
      'A webhook for notices, http or https (docs/notices.md); when not set, notices are only logged',
    secret: true,
    parse: webhookUrl,
  },
  notifySecret: {
    name: 'BRIDGE_NOTIFY_SECRET',
    description: 'Signs notices: whsec_ and 24 to 64 bytes as base64 (Standard Webhooks)',
    secret: true,
    parse: webhookSecret,
  },
  notifyAllowPrivate: {
    name: 'BRIDGE_NOTIFY_ALLOW_PRIVATE',
    description: 'Whether the webhook may be on this machine or in a private network',
    fallback: 'false',
    parse: yesOrNo,
  },
  notifyOutageMinutes: {
    name: 'BRIDGE_NOTIFY_OUTAGE_MINUTES',
    description: 'How many minutes Mode must fail before there is a notice',
    fallback: '15',
    parse: numberFrom(1, 1_440),
  },
  feedPermissions: {
    name: 'FEED_PERMISSIONS',
    description:
      'Whether the collections and data sources of Mode and their permissions are read for the feed; one call for each, every hour',
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
  requestLogDays: {
    name: 'BRIDGE_REQUEST_LOG_DAYS',
    description:
      'How many days the request log keeps requests, at most a million of them; 0: nothing is logged',
    fallback: '30',
    parse: numberFrom(0, 3_650),
  },
  record: {
    name: 'BRIDGE_RECORD',
    description:
      'A folder in which the requests of each connection and their answers are recorded, with fakes instead of personal values (docs/requests.md); nothing is recorded when not set',
    parse: text,
  },
  sandboxPort: {
    name: 'SANDBOX_PORT',
    description: 'Port of the simulated Mode',
    fallback: '4010',
    parse: port,
  },
  sandboxProfile: {
    name: 'SANDBOX_PROFILE',
    description: 'How the simulated Mode behaves: likely, kind, documented or hostile',
    fallback: 'likely',
    parse: text,
  },
  sandboxWorkspaces: {
    name: 'SANDBOX_WORKSPACES',
    description:
      'Workspaces of the simulated Mode, separated by commas; without it, the one of MODE_WORKSPACE, or acme',
    parse: slugs,
  },
  production: {
    name: 'NODE_ENV',
    description:
      'production: without MODE_ settings no simulated Mode starts, unless "serve --sandbox" asks for it',
    fallback: 'development',
    parse: isProduction,
  },
  logLevel: {
    name: 'LOG_LEVEL',
    description: `How much is logged: ${LOG_LEVELS.join(', ')}`,
    fallback: 'info',
    parse: oneOf(LOG_LEVELS),
  },
} as const satisfies Record<string, Setting<unknown>>;
