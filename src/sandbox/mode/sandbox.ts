/**
 * A simulated Mode: its REST API for one or more workspaces, and a control API for tests and demos. It is a separate program
 * that knows nothing about the bridge. Everything that it does is in Mode's documentation or was observed by other clients of
 * Mode's API.
 */
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { Clock } from '../../clock.ts';
import { BridgeError } from '../../errors.ts';
import { closeServer } from '../../http/close-server.ts';
import { checkHost } from '../../http/host-check.ts';
import { listen } from '../../http/listen.ts';
import { createServer } from '../../http/server.ts';
import { answerErrors } from './api/answer-errors.ts';
import { ApiError } from './api/api-error.ts';
import type { WorkspaceKeys } from './api/credentials.ts';
import { registerApi, registerScim } from './api/register-api.ts';
import { createServedWorkspaces } from './api/served-workspaces.ts';
import type { Fault } from './behaviour/fault.ts';
import { readSettingsPatch } from './behaviour/settings.ts';
import type { Control } from './control/control.ts';
import { registerControl } from './control/control-routes.ts';
import type { StateDocument } from './control/state-document.ts';
import { createSimulatedWorkspace, type SimulatedWorkspace } from './simulated-workspace.ts';
import { newToken, type NewToken } from './world/new-token.ts';
import type { UiEdit } from './world/ui-edit.ts';

/** Large, because a seed contains a whole workspace. */
const BODY_LIMIT_BYTES = 64 * 1024 * 1024;
/** How long running requests may take when the sandbox closes. */
const CLOSE_GRACE_MS = 2_000;

/** A workspace after the first. What it does not set is as in the first workspace. */
export interface FurtherWorkspace extends Partial<WorkspaceKeys> {
  readonly slug: string;
  readonly scimToken?: string;
}

export interface SandboxOptions extends WorkspaceKeys {
  /** 0 for any free port. */
  readonly port: number;
  readonly host?: string;
  /** The slug of the only workspace, or of the first. */
  readonly workspace: string;
  /** Each has a state of its own. Slugs must differ in more than case. */
  readonly furtherWorkspaces?: readonly FurtherWorkspace[];
  /**
   * The bearer token of Mode's own SCIM, which is served under /scim/SLUG/v2, and for the first workspace also under
   * /scim/v2, while the setting `scim_enabled` is true.
   */
  readonly scimToken?: string;
  readonly clock: Clock;
  /**
   * Returns the next token for a member, group and so on: 12 hexadecimal characters, never the same twice. Random by
   * default; pass a function to make a run repeatable.
   */
  readonly tokens?: NewToken;
  readonly log: FastifyBaseLogger;
  /** Of each workspace, as in PATCH /_sandbox/settings, e.g. `{ profile: 'hostile' }`. Default: the profile `kind`. */
  readonly settings?: unknown;
  /** Of each workspace, as in POST /_sandbox/seed. Default: one admin and nothing else. */
  readonly seed?: unknown;
}

/** One workspace, for callers in this process. */
export interface SandboxWorkspace {
  /** The control API that is served under /_sandbox/SLUG, and for the first workspace also under /_sandbox. */
  readonly control: Control;
  /** @param all include former members and deleted groups @returns everything in the workspace, sorted */
  state(all?: boolean): StateDocument;
  /** Does what a person does in Mode's UI. @throws ApiError, and nothing is changed */
  edit(edit: UiEdit): StateDocument;
  /** Adds a fault. @returns a function that removes it, and does nothing when the fault has ended */
  fault(fault: Fault): () => void;
}

/** What a sandbox has of a workspace acts on the first. */
export interface Sandbox extends SandboxWorkspace {
  /** e.g. http://127.0.0.1:4010 */
  readonly url: string;
  /** @throws Error for a slug that no workspace has */
  workspace(slug: string): SandboxWorkspace;
  /** Also ends hanging calls. */
  close(): Promise<void>;
}

/** @returns when the server listens @throws BridgeError invalid_config for invalid settings or an invalid seed */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { port, host = '127.0.0.1', log, clock } = options;
  const [first, ...further] = createWorkspaces(options);
  const server = createServer({ log, bodyLimitBytes: BODY_LIMIT_BYTES });
  checkHost(server, [host]);
  const closing = new AbortController();
  server.addHook('preClose', (done) => {
    closing.abort();
    done();
  });

  answerErrors(server, () => first.context);
  const contexts = further.map(({ context }) => context);
  await registerApi(server, createServedWorkspaces([first.context, ...contexts]), closing.signal);
  await serveScimAndControl(server, first, '', closing.signal);
  for (const workspace of [first, ...further])
    await serveScimAndControl(server, workspace, `/${workspace.slug}`, closing.signal);

  const words = { name: 'simulated Mode', setting: 'SANDBOX_PORT' };
  const url = await listen(server, { host, port }, words).catch(async (error: unknown) => {
    await server.close();
    throw error;
  });
  return {
    url,
    ...forCallers(first),
    workspace: (slug) => {
      const found = [first, ...further].find((workspace) => workspace.slug === slug);
      if (found === undefined) throw new Error(`The sandbox has no workspace "${slug}"`);
      return forCallers(found);
    },
    close: () => closeServer(server, clock, CLOSE_GRACE_MS),
  };
}

function createWorkspaces({
  workspace,
  furtherWorkspaces = [],
  mainKey,
  inviterKey,
  scimToken,
  clock,
  tokens = newToken,
  settings = {},
  seed,
}: SandboxOptions): [SimulatedWorkspace, ...SimulatedWorkspace[]] {
  const all: SimulatedWorkspace[] = [];
  const first = { slug: workspace, mainKey, inviterKey, scimToken };
  try {
    const shared = { clock, newToken: tokens, settings: readSettingsPatch(settings), seed };
    const create = (given: typeof first, index: number) => {
      const created = createSimulatedWorkspace(given, index, shared, (request) =>
        all.some((other) => other !== created && other.context.credentials.opens(request)),
      );
      all.push(created);
      return created;
    };
    return [
      create(first, 0),
      ...furtherWorkspaces.map((further, index) => create({ ...first, ...further }, index + 1)),
    ];
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw new BridgeError('invalid_config', `The simulated Mode cannot start: ${error.message}`);
  }
}

/** @param path the part of the path that names the workspace, such as /acme; empty for the first workspace without a name */
async function serveScimAndControl(
  server: FastifyInstance,
  { context, control, scimToken }: SimulatedWorkspace,
  path: string,
  closing: AbortSignal,
): Promise<void> {
  if (scimToken !== undefined) await registerScim(server, `/scim${path}/v2`, context, scimToken, closing);
  await server.register(
    (routes, _options, done) => {
      answerErrors(routes, () => context);
      registerControl(routes, control);
      done();
    },
    { prefix: `/_sandbox${path}` },
  );
}

function forCallers({ control }: SimulatedWorkspace): SandboxWorkspace {
  return {
    control,
    state: (all) => control.state(all),
    edit: (edit) => control.uiEdit(edit),
    fault: (fault) => control.addFault(fault),
  };
}
