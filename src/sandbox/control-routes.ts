/** The control surface: look at the workspace, seed it, and decide how the simulated Mode behaves. Loopback only. */
import type { FastifyInstance } from 'fastify';
import { Type, type Static, type TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { badRequest, forbidden } from './api-error.ts';
import { mergeSettings, SettingsPatch } from './settings.ts';
import type { Simulation } from './simulation.ts';
import { renderState, seedState, StateDocument } from './state-document.ts';

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/;
const Acceptance = Type.Object(
  { emails: Type.Optional(Type.Array(Type.String())) },
  { additionalProperties: false },
);

export function registerControl(control: FastifyInstance, simulation: Simulation): void {
  control.addHook('onRequest', (request, _reply, done) => {
    simulation.catchUp();
    done(
      LOOPBACK.test(request.socket.remoteAddress ?? '')
        ? undefined
        : forbidden('The control surface is for this machine only'),
    );
  });

  control.get<{ Querystring: { all?: string } }>('/state', (request) => {
    return renderState(simulation.workspace, request.query.all === 'true');
  });

  control.put('/state', (request) => {
    const document = check(StateDocument, request.body);
    const workspace = simulation.emptyWorkspace();
    seedState(workspace, document, simulation.clock.now());
    simulation.workspace = workspace;
    return renderState(workspace, false);
  });

  control.get('/settings', () => simulation.settings);

  control.patch('/settings', (request) => {
    simulation.settings = mergeSettings(simulation.settings, check(SettingsPatch, request.body));
    return simulation.settings;
  });

  control.post('/accept-invites', (request) => {
    simulation.workspace.accept(check(Acceptance, request.body ?? {}).emails);
    return renderState(simulation.workspace, false);
  });

  control.get('/requests', () => ({ requests: simulation.traffic.requests() }));
  control.get('/counts', () => simulation.traffic.counts());

  control.post('/reset', () => {
    simulation.reset();
    return renderState(simulation.workspace, false);
  });
}

function check<T extends TSchema>(schema: T, body: unknown): Static<T> {
  if (Value.Check(schema, body)) return body;
  const [problem] = Value.Errors(schema, body);
  throw badRequest(`${problem?.instancePath ?? ''} ${problem?.message ?? 'is not valid'}`.trim());
}
