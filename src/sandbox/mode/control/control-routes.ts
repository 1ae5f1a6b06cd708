/** The control API over HTTP, for this machine only. */
import type { FastifyInstance } from 'fastify';
import { forbidden } from '../api/api-error.ts';
import type { UncheckedControl } from './control.ts';
import { PROFILES } from '../behaviour/profiles.ts';
import { Quirks } from '../behaviour/quirks.ts';

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/;

export function registerControl(routes: FastifyInstance, control: UncheckedControl): void {
  routes.addHook('onRequest', (request, _reply, done) => {
    done(
      LOOPBACK.test(request.socket.remoteAddress ?? '')
        ? undefined
        : forbidden('The control API accepts calls from this machine only'),
    );
  });

  routes.get<{ Querystring: { all?: string } }>('/state', ({ query }) => control.state(query.all === 'true'));
  routes.put('/state', ({ body }) => control.putState(body));
  routes.post('/seed', ({ body }) => control.seed(body));

  routes.get('/settings', () => control.settings());
  routes.patch('/settings', ({ body }) => control.set(body));
  routes.get('/quirks', () => Quirks.properties);
  routes.get('/profiles', () => PROFILES);

  routes.post('/accept-invites', ({ body }) => {
    const accepted = control.acceptInvites(body);
    return { accepted, ...control.state() };
  });
  routes.post('/expire-invites', ({ body }) => {
    const expired = control.expireInvites(body);
    return { expired, ...control.state() };
  });
  routes.post('/ui-edit', ({ body }) => control.uiEdit(body));

  routes.post('/faults', ({ body }) => {
    control.addFault(body);
    return control.settings();
  });
  routes.delete('/faults', () => control.clearFaults());
  routes.get('/invites-sent', () => control.invitesSent());

  routes.get('/requests', () => ({ requests: control.requests() }));
  routes.delete('/requests', () => {
    control.forgetRequests();
    return control.counts();
  });
  routes.get('/counts', () => control.counts());
  routes.post('/reset', () => {
    control.reset();
    return control.state();
  });
}
