/** The keys of the configuration file, and the setting of each. Other keys are rejected. */
import { connectionName, oneOf, pins, slug } from './setting-values.ts';
import type { Setting } from './setting.ts';
import type { settings } from './settings.ts';

type Keys = Partial<Record<keyof typeof settings, string>>;

/** `server`: settings of the process, which the environment can also give. */
export const SERVER_KEYS = {
  databaseUrl: 'database',
  host: 'host',
  port: 'port',
  adminHost: 'admin_host',
  adminPort: 'admin_port',
  adminHosts: 'admin_hosts',
  publicUrl: 'public_url',
  events: 'events',
  eventsKey: 'events_key',
  auditKey: 'audit_key',
  notifyUrl: 'notify_url',
  notifySecret: 'notify_secret',
  notifyAllowPrivate: 'notify_allow_private',
  notifyOutageMinutes: 'notify_outage_minutes',
  requestLogDays: 'request_log_days',
  record: 'record',
  logLevel: 'log_level',
} as const satisfies Keys;

/** `workspaces[].mode` */
export const MODE_KEYS = {
  modeBaseUrl: 'base_url',
  modeApiKey: 'api_key',
  modeApiSecret: 'api_secret',
  modeInviterKey: 'inviter_key',
  modeInviterSecret: 'inviter_secret',
  modeScimUrl: 'scim_url',
  modeScimToken: 'scim_token',
  modeRequestsPerSecond: 'requests_per_second',
} as const satisfies Keys;

/** `workspaces[]`, next to `slug`, `target`, `mode`, `tokens` and `connections` */
export const WORKSPACE_KEYS = {
  adoption: 'adoption',
  drift: 'drift',
  inviteResendDays: 'invite_resend_days',
  inviteMaxSends: 'invite_max_sends',
  leaverObjectiveMinutes: 'leaver_objective_minutes',
  adminRoleAnyCase: 'admin_role_any_case',
  feedPermissions: 'feed_permissions',
  feedActivity: 'feed_activity',
} as const satisfies Keys;

/** `workspaces[].tokens` */
export const TOKEN_KEYS = { feedToken: 'feed', adminToken: 'admin' } as const satisfies Keys;

/** `workspaces[].connections[]`, next to `name`, `tokens`, `profile` and `policy` */
export const CONNECTION_KEYS = { connectionState: 'state' } as const satisfies Keys;

/** `workspaces[].connections[].policy` */
export const POLICY_KEYS = {
  breakerCount: 'breaker_count',
  breakerPercent: 'breaker_percent',
  breakerWindowMinutes: 'breaker_window_minutes',
  protectedEmails: 'protected',
  allowedDomains: 'allowed_domains',
  maxMembers: 'max_members',
  restoreWindowSeconds: 'restore_window',
} as const satisfies Keys;

/** The default state of a connection in the file. */
export const FILE_STATE = 'live';

/** `workspaces[].connections[].tokens` */
export const CONNECTION_TOKEN_KEYS = { scimToken: 'scim' } as const satisfies Keys;

/** A key of the file: a setting, or a key that only the file has. */
export type Field<T> = Pick<Setting<T>, 'description' | 'secret' | 'fallback' | 'parse'>;

export const FILE_LIMITS = { bytes: 1_000_000, workspaces: 200, connections: 50 } as const;

export const TARGET = {
  description: 'What the workspace is',
  parse: oneOf(['mode']),
} satisfies Field<unknown>;
export const SLUG = {
  description: "The workspace's name as in its URL",
  parse: slug,
} satisfies Field<unknown>;
export const CONNECTION_NAME = {
  description: 'How operators call the connection; unique in the workspace',
  parse: connectionName,
} satisfies Field<unknown>;
export const PROFILE = {
  description: 'One IdP, answer shapes, or both, as the command "profile" pins them',
  parse: pins,
} satisfies Field<unknown>;
