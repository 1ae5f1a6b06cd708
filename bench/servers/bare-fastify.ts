/** The ceiling: a Fastify route that does nothing but return the bytes that the bridge returns. */
import { fastify } from 'fastify';

const bytes = process.env['BYTES'] ?? '';
const server = fastify();
server.get('/scim/v2/*', (_request, reply) => reply.type('application/scim+json; charset=utf-8').send(bytes));
console.log(`listening ${await server.listen({ host: '127.0.0.1', port: 0 })}/scim/v2`);
