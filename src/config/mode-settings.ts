/** The settings with which a Mode workspace is reached; part of the one table of settings. */
import type { Setting } from './setting.ts';
import { rate, slug, token, url } from './setting-values.ts';

export const modeSettings = {
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
    parse: token,
  },
  modeApiSecret: {
    name: 'MODE_API_SECRET',
    aliases: ['BATON_MODE_API_SECRET'],
    description: 'Secret of that key',
    secret: true,
    parse: token,
  },
  modeInviterKey: {
    name: 'MODE_INVITER_KEY',
    description: "Token of an admin's member API key, for invites: a workspace key cannot send them",
    secret: true,
    parse: token,
  },
  modeInviterSecret: {
    name: 'MODE_INVITER_SECRET',
    description: 'Secret of that key',
    secret: true,
    parse: token,
  },
  modeScimUrl: {
    name: 'MODE_SCIM_URL',
    description: "Address of Mode's own SCIM, if the bridge may use it for what the API cannot do",
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
      'Maximum of calls to Mode per second and key; when not set, 4, as Mode documents (500 for a Mode on this machine, unless it reports a limit); halved by a 429',
    parse: rate,
  },
} as const satisfies Record<string, Setting<unknown>>;
