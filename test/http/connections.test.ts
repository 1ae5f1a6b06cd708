/** Idle connections and requests that never end do not block anything. */
import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { closeServer } from '../../src/http/close-server.ts';
import { listen } from '../../src/http/listen.ts';
import { createServer } from '../../src/http/server.ts';

const LONG = 60_000;
const LONG_LIMITS = { headersMs: LONG, requestMs: LONG, keepAliveMs: LONG, idleSocketMs: LONG, checkMs: 20 };
const HEAD = 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';

async function serve(limits: Partial<typeof LONG_LIMITS> = {}) {
  const server = createServer({ log: pino({ level: 'silent' }), limits: { ...LONG_LIMITS, ...limits } });
  server.get('/', () => ({ status: 'ok' }));
  server.post('/', () => ({ status: 'ok' }));
  await server.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(async () => {
    server.server.closeAllConnections();
    await server.close();
  });
  return { server, port: (server.server.address() as AddressInfo).port };
}

/** @returns the whole response, when the server has closed the connection */
async function responseTo(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let response = '';
  socket.on('data', (chunk) => (response += chunk.toString()));
  socket.write(text);
  await socketClosed(socket);
  return response;
}

describe('a connection', () => {
  it.each([
    ['sends nothing', ''],
    ['sends half of a header', 'GET / HTTP/1.1\r\nHos'],
    ['does not finish its headers', `${HEAD}Content-Length: 10\r\n`],
  ])('that %s is closed', async (_what, text) => {
    const { port } = await serve({ headersMs: 50, requestMs: 80 });
    expect(await responseTo(port, text)).toMatch(/^(HTTP\/1.1 408 |$)/);
  });

  it('that sends half of a body is closed', async () => {
    const { port } = await serve({ headersMs: 50, requestMs: 80 });
    expect(await responseTo(port, `${HEAD}Content-Length: 10\r\n\r\n{"a"`)).toMatch(/^HTTP\/1.1 408 /);
  });

  it('that is idle after a response is closed', async () => {
    const { port } = await serve({ keepAliveMs: 20 });
    expect(await responseTo(port, 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')).toMatch(/^HTTP\/1.1 200 /);
  });

  it('without any traffic is closed', async () => {
    const { server, port } = await serve({ idleSocketMs: 50 });
    const socket = connect(port, '127.0.0.1').pause();
    await once(server.server, 'connection');
    await socketClosed(socket.resume());
  });
});

describe('a server that closes', () => {
  it('does not wait longer than its time limit for half-sent requests', async () => {
    const { server, port } = await serve();
    const half = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
    half[0]?.write('GET / HTTP/1.1\r\nHos');
    half[1]?.write(`${HEAD}Content-Length: 10\r\n\r\n{"a"`);
    const closed = half.map((socket) => socketClosed(socket.resume()));
    while ((await connectionsOf(server.server)) < 2) await new Promise(setImmediate);
    await closeServer(server, systemClock, 50);
    await Promise.all(closed);
  });
});

it('a port that is in use gives a one-line error with the setting to change', async () => {
  const { port } = await serve();
  const other = createServer({ log: pino({ level: 'silent' }) });
  const words = { name: 'admin port', setting: 'BRIDGE_ADMIN_PORT' };
  await expect(listen(other, { host: '127.0.0.1', port }, words)).rejects.toMatchObject({
    code: 'invalid_config',
    message: `The admin port cannot listen on 127.0.0.1, port ${port}: another program uses it. Choose another port with BRIDGE_ADMIN_PORT, or free this one.`,
  });
  await other.close();
});

it.each([
  ['EACCES', 'invalid_config', 'has no permission to listen'],
  ['EADDRNOTAVAIL', 'invalid_config', 'does not have that address'],
  ['ENOTFOUND', 'invalid_config', 'does not exist'],
  ['EAI_AGAIN', 'unavailable', 'could not be looked up'],
])('%s at the start is %s, with the message "%s"', async (code, expected, reason) => {
  const refused = Object.assign(new Error('raw'), { code });
  const server = { listen: () => Promise.reject(refused) } as unknown as FastifyInstance;
  const words = { name: 'admin port', setting: 'BRIDGE_ADMIN_PORT' };
  await expect(listen(server, { host: 'h.test', port: 80 }, words)).rejects.toMatchObject({
    code: expected,
    message: expect.stringContaining(reason) as string,
  });
});

it('a connection that cannot be accepted does not stop the server', async () => {
  const { server, port } = await serve();
  server.server.emit('error', Object.assign(new Error('accept EMFILE'), { code: 'EMFILE' }));
  expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
});

/** Resolves when the socket is closed or reset. */
async function socketClosed(socket: Socket): Promise<void> {
  socket.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    socket.once('close', () => {
      resolve();
    });
  });
}

function connectionsOf(server: {
  getConnections(callback: (error: Error | null, count: number) => void): unknown;
}): Promise<number> {
  return new Promise((resolve) => {
    server.getConnections((_error, count) => {
      resolve(count);
    });
  });
}
