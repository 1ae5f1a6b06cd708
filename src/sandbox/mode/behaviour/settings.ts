/** Settings of the simulated Mode: given at the start, and read and changed through the control API while it runs. */
import { Type, type Static } from 'typebox';
import { check, refuseUnknown } from '../check.ts';
import { Fault } from './fault.ts';
import { PROFILE_NAMES, PROFILES, type ProfileName } from './profiles.ts';
import { Quirks } from './quirks.ts';

const exact = { additionalProperties: false } as const;
const MAX_FAULTS = 100;

const Settings = Type.Object(
  {
    profile: Type.Enum(PROFILE_NAMES, { description: 'Sets all settings to those of the profile' }),
    latency_ms: Type.Integer({ minimum: 0, maximum: 60_000, description: 'Delay of every call' }),
    rate_per_second: Type.Union([Type.Number({ exclusiveMinimum: 0 }), Type.Null()], {
      description: 'Calls per second that leak from the bucket; null: no limit',
    }),
    burst: Type.Union([Type.Integer({ minimum: 1, maximum: 1_000_000 }), Type.Null()], {
      description: 'Size of the bucket in calls; null: the calls of one second',
    }),
    rate_window: Type.Union(
      [
        Type.Object(
          {
            calls: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
            seconds: Type.Number({ exclusiveMinimum: 0, maximum: 86_400 }),
          },
          exact,
        ),
        Type.Null(),
      ],
      {
        description:
          'Maximum calls in a window, which starts with the first call after the previous window; null: no limit',
      },
    ),
    retry_after: Type.Enum(['seconds', 'date', 'none', 'mixed'], {
      description: 'Retry-After of a 429; mixed: each form in turn',
    }),
    auto_accept_seconds: Type.Number({
      minimum: -1,
      description: 'Time until an invite is accepted; -1: never',
    }),
    scim_enabled: Type.Boolean({ description: "Whether Mode's own SCIM is on; the workspace shows it" }),
    seat_limit_reached: Type.Boolean({
      description: 'Whether all seats are taken: the workspace shows it, and invites are refused',
    }),
    revoked_keys: Type.Array(Type.Enum(['main', 'inviter']), {
      maxItems: 2,
      description: 'Keys that get 401',
    }),
    quirks: Quirks,
    faults: Type.Array(Fault, { maxItems: MAX_FAULTS }),
  },
  exact,
);
export type Settings = Static<typeof Settings>;

/** Any part of the settings. `faults` may be a single fault instead of a list. */
const SettingsPatch = Type.Partial(
  Type.Object(
    {
      ...Settings.properties,
      quirks: Type.Partial(Quirks, exact),
      faults: Type.Union([Type.Array(Fault, { maxItems: MAX_FAULTS }), Fault]),
    },
    exact,
  ),
  exact,
);
export type SettingsPatch = Static<typeof SettingsPatch>;

export function settingsOf(profile: ProfileName): Settings {
  return structuredClone({
    profile,
    latency_ms: 0,
    auto_accept_seconds: 1,
    scim_enabled: false,
    seat_limit_reached: false,
    revoked_keys: [],
    faults: [],
    ...PROFILES[profile],
  });
}

/** @throws ApiError 400 that names the unknown setting, quirk or profile and lists the known ones */
export function readSettingsPatch(value: unknown): SettingsPatch {
  const { quirks, profile } = fieldsOf(value);
  refuseUnknown('setting', Object.keys(fieldsOf(value)), Object.keys(Settings.properties));
  refuseUnknown('quirk', Object.keys(fieldsOf(quirks)), Object.keys(Quirks.properties));
  if (typeof profile === 'string') refuseUnknown('profile', [profile], PROFILE_NAMES);
  return check(SettingsPatch, value);
}

/**
 * Applies the profile of the patch first, then its other settings. Without `faults` in the patch the fault objects stay the
 * same, so that the function that `addFault` returned can still remove its fault.
 */
export function mergeSettings(before: Settings, patch: SettingsPatch): Settings {
  const base = patch.profile === undefined ? before : settingsOf(patch.profile);
  const { faults, quirks, ...rest } = patch;
  return {
    ...base,
    ...rest,
    quirks: { ...base.quirks, ...quirks },
    faults: faults === undefined ? base.faults : structuredClone(Array.isArray(faults) ? faults : [faults]),
  };
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}
