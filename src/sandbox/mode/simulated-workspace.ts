/** One simulated workspace: its state, its keys and its control API. Workspaces share nothing but the server and the clock. */
import type { FastifyRequest } from 'fastify';
import type { Clock } from '../../clock.ts';
import type { ApiContext } from './api/api-context.ts';
import { createCredentials, type WorkspaceKeys } from './api/credentials.ts';
import { createHal } from './api/hal.ts';
import type { SettingsPatch } from './behaviour/settings.ts';
import { createControl, type UncheckedControl } from './control/control.ts';
import type { NewToken } from './world/new-token.ts';
import { createSimulation } from './world/simulation.ts';

export interface SimulatedWorkspace {
  readonly slug: string;
  readonly context: ApiContext;
  readonly control: UncheckedControl;
  readonly scimToken: string | undefined;
}

export interface WorkspaceOptions extends WorkspaceKeys {
  /** The name in URLs. */
  readonly slug: string;
  readonly scimToken: string | undefined;
}

export interface SharedOptions {
  readonly clock: Clock;
  readonly newToken: NewToken;
  readonly settings: SettingsPatch;
  /** As in POST /_sandbox/seed; undefined: one admin and nothing else. */
  readonly seed: unknown;
}

/** @throws ApiError for an invalid seed */
export function createSimulatedWorkspace(
  { slug, scimToken, ...keys }: WorkspaceOptions,
  index: number,
  { clock, newToken, settings, seed }: SharedOptions,
  opensOther: (request: FastifyRequest) => boolean,
): SimulatedWorkspace {
  const simulation = createSimulation({ slug, index, clock, start: settings, newToken });
  const control = createControl(simulation);
  if (seed !== undefined) control.seed(seed);
  const credentials = createCredentials(keys, simulation.settings, opensOther);
  return { slug, context: { simulation, credentials, hal: createHal(simulation) }, control, scimToken };
}
