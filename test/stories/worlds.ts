/** The worlds in which stories are told. */
import type { EngineName } from '../databases.ts';
import { oneQuirk } from './one-quirk.ts';
import type { StepName } from './step.ts';

export interface StoryWorld {
  readonly name: string;
  readonly engine: EngineName;
  /** As PATCH /_sandbox/settings takes it; where it differs, by the seed of the stories. */
  readonly sandbox: Readonly<Record<string, unknown>> | ((seed: number) => Readonly<Record<string, unknown>>);
  readonly bridges?: number;
  /** What the IdP takes from people this long before or after their deactivation comes back with them. */
  readonly restoreWindowSeconds?: number;
  /** Of the bridges, by their names in the environment. */
  readonly settings?: Readonly<Record<string, string>>;
  /** What does not happen there. */
  readonly without?: readonly StepName[];
}

const ONE_REMOVAL_AN_HOUR = { BRIDGE_BREAKER_COUNT: '1', BRIDGE_BREAKER_PERCENT: '0' };

export const WORLDS: readonly StoryWorld[] = [
  { name: 'kind, SQLite', engine: 'sqlite', sandbox: { profile: 'kind' }, restoreWindowSeconds: 120 },
  {
    name: 'kind, PostgreSQL',
    engine: 'postgres',
    sandbox: { profile: 'kind' },
    restoreWindowSeconds: 3_600,
  },
  { name: 'documented, SQLite', engine: 'sqlite', sandbox: { profile: 'documented' } },
  { name: 'hostile, SQLite', engine: 'sqlite', sandbox: { profile: 'hostile' } },
  { name: 'hostile, PostgreSQL', engine: 'postgres', sandbox: { profile: 'hostile' } },
  { name: 'likely, SQLite', engine: 'sqlite', sandbox: { profile: 'likely' }, restoreWindowSeconds: 120 },
  { name: 'own SCIM, SQLite', engine: 'sqlite', sandbox: { profile: 'kind', scim_enabled: true } },
  { name: 'one quirk, SQLite', engine: 'sqlite', sandbox: oneQuirk },
  {
    name: 'a breaker, SQLite',
    engine: 'sqlite',
    sandbox: { profile: 'kind' },
    settings: ONE_REMOVAL_AN_HOUR,
  },
  {
    name: 'a breaker, three bridges',
    engine: 'postgres',
    sandbox: { profile: 'kind' },
    bridges: 3,
    settings: ONE_REMOVAL_AN_HOUR,
  },
  {
    name: 'three bridges',
    engine: 'postgres',
    sandbox: { profile: 'kind' },
    bridges: 3,
    restoreWindowSeconds: 120,
  },
];
