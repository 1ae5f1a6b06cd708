/** How the simulated Mode behaves: set and read on the control surface while it runs. */
import { Type, type Static } from 'typebox';

const exact = { additionalProperties: false } as const;

const Fault = Type.Object(
  {
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    for_requests: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
    method: Type.Optional(Type.String()),
    path: Type.Optional(Type.String({ description: 'Beginning of the path' })),
    retry_after: Type.Optional(Type.Integer({ minimum: 0, description: 'Seconds' })),
    body: Type.Optional(Type.Enum(['json', 'html', 'empty'])),
  },
  exact,
);
export type Fault = Static<typeof Fault>;

const Quirks = Type.Object(
  {
    /** What is left of a removed member: the record as banned, or nothing. */
    membership_delete: Type.Enum(['ban', 'vanish']),
  },
  exact,
);

const Settings = Type.Object(
  {
    latency_ms: Type.Integer({ minimum: 0, maximum: 60_000 }),
    rate_per_second: Type.Union([Type.Number({ exclusiveMinimum: 0 }), Type.Null()]),
    auto_accept_seconds: Type.Number({ minimum: -1, description: '-1: nobody accepts by themselves' }),
    quirks: Quirks,
    faults: Type.Array(Fault),
  },
  exact,
);
export type Settings = Static<typeof Settings>;

/** What a PATCH may say: any part, and one fault instead of a list. */
export const SettingsPatch = Type.Partial(
  Type.Object(
    {
      ...Settings.properties,
      quirks: Type.Partial(Quirks, exact),
      faults: Type.Union([Type.Array(Fault), Fault]),
    },
    exact,
  ),
  exact,
);
export type SettingsPatch = Static<typeof SettingsPatch>;

export const DEFAULT_SETTINGS: Settings = {
  latency_ms: 0,
  rate_per_second: null,
  auto_accept_seconds: 1,
  quirks: { membership_delete: 'ban' },
  faults: [],
};

export function mergeSettings(before: Settings, patch: SettingsPatch): Settings {
  const { faults = before.faults, quirks, ...rest } = patch;
  return {
    ...before,
    ...rest,
    quirks: { ...before.quirks, ...quirks },
    faults: Array.isArray(faults) ? faults : [faults],
  };
}
