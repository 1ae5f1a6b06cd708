/** A response that is sent before the body was read closes the connection, and the client gets it. Over raw sockets. */
import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { onRequestHookHandler } from 'fastify';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { BridgeError } from '../../src/errors.ts';
import { answerWithProblems } from '../../src/http/problem.ts';
import { createServer } from '../../src/http/server.ts';
import { closeUnread, type DrainLimits } from '../../src/http/unread-body.ts';

const LONG_MS = 60_000;
const LIMIT_BYTES = 1024 * 1024;
const CHUNK = Buffer.alloc(64 * 1024, ' ');
const CHUNKED = 'Transfer-Encoding: chunked\r\n';

const head = (more: string) =>
  `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${more}\r\n`;
const asChunk = (bytes: Buffer) =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);

async function serve(limits: Partial<DrainLimits> = {}) {
  const server = createServer({ log: pino({ level: 'silent' }), bodyLimitBytes: LIMIT_BYTES });
  closeUnread(server, systemClock, { maxBytes: 8 * LIMIT_BYTES, maxMs: LONG_MS, ...limits });
  answerWithProblems(server);
  server.addHook('onRequest', (request, _reply, done) => {
    const isKnown = request.headers.authorization === 'Bearer good';
    done(isKnown ? undefined : new BridgeError('unauthorized', 'The token is wrong.'));
  });
  server.post('/', () => ({ status: 'ok' }));
  await server.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(async () => {
    server.server.closeAllConnections();
    await server.close();
  });
  const { port } = server.server.address() as AddressInfo;
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  onTestFinished(() => {
    socket.destroy();
  });
  await once(socket, 'connect');
  return socket;
}

/** Collects what the server sends. */
function receiving(socket: Socket) {
  let text = '';
  const errors: string[] = [];
  socket.on('error', ({ code = '' }: NodeJS.ErrnoException) => errors.push(code));
  const closed = new Promise<void>((resolve) => socket.once('close', resolve));
  const ended = new Promise<void>((resolve) => socket.once('end', resolve));
  const complete = new Promise<string>((resolve) => {
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const [, length] = /content-length: (\d+)/i.exec(text) ?? [];
      const body = text.split('\r\n\r\n')[1];
      if (length !== undefined && body?.length === Number(length)) resolve(text);
    });
  });
  return { complete, ended, closed, errors };
}

/** Writes until the connection is closed or reset. */
async function writeUntilClosed(socket: Socket, chunk: Buffer): Promise<void> {
  const closed = new Promise<void>((resolve) => socket.once('close', resolve));
  while (!socket.destroyed) {
    if (socket.write(chunk)) continue;
    await Promise.race([closed, new Promise<void>((resolve) => socket.once('drain', resolve))]);
  }
}

const refusals: readonly (readonly [string, string, string])[] = [
  ['a wrong token', `Content-Length: ${String(4 * LIMIT_BYTES)}\r\n`, '401'],
  ['a wrong token and no length', CHUNKED, '401'],
  [
    'a body that is too large',
    `Authorization: Bearer good\r\nContent-Length: ${String(4 * LIMIT_BYTES)}\r\n`,
    '413',
  ],
];

describe.each(refusals)('a request with %s', (_what, headers, status) => {
  const isChunked = headers === CHUNKED;

  it('is answered before its body was sent, with Connection: close', async () => {
    const socket = await serve();
    const { complete } = receiving(socket);
    socket.write(head(headers));
    const response = await complete;
    expect(response).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(response).toMatch(/\r\nconnection: close\r\n/i);
  });

  it('gets the response when it reads only after it has sent everything, and then the connection is closed', async () => {
    const socket = await serve();
    socket.pause();
    socket.write(head(headers));
    for (let sent = 0; sent < 4 * LIMIT_BYTES; sent += CHUNK.length) {
      if (!socket.write(isChunked ? asChunk(CHUNK) : CHUNK)) await once(socket, 'drain');
    }
    if (isChunked) socket.write('0\r\n\r\n');
    const { complete, ended, errors } = receiving(socket);
    socket.resume();
    expect(await complete).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    await ended;
    expect(errors).toEqual([]);
  });

  it('that stops in the middle of its body is closed after a time limit', async () => {
    const socket = await serve({ maxMs: 20 });
    const { complete, ended } = receiving(socket);
    socket.write(head(headers));
    socket.write(isChunked ? asChunk(CHUNK) : CHUNK);
    expect(await complete).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    await ended;
  });

  it('that never stops sending is closed after a number of bytes', async () => {
    const socket = await serve({ maxBytes: LIMIT_BYTES });
    const { complete, closed } = receiving(socket);
    socket.write(head(headers.replace(String(4 * LIMIT_BYTES), '99999999999')));
    expect(await complete).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    await writeUntilClosed(socket, isChunked ? asChunk(CHUNK) : CHUNK);
    await closed;
  });
});

it('a body without a length that grows too large is answered, and its connection is closed', async () => {
  const socket = await serve({ maxBytes: LIMIT_BYTES });
  const { complete, closed } = receiving(socket);
  socket.write(head(`Authorization: Bearer good\r\n${CHUNKED}`));
  for (let sent = 0; sent <= LIMIT_BYTES; sent += CHUNK.length) socket.write(asChunk(CHUNK));
  expect(await complete).toMatch(/^HTTP\/1.1 413 /);
  await writeUntilClosed(socket, asChunk(CHUNK));
  await closed;
});

it('a request whose body was read keeps its connection', async () => {
  const socket = await serve();
  const { complete } = receiving(socket);
  socket.write(`${head('Content-Length: 2\r\nAuthorization: Bearer good\r\n')}{}`);
  const response = await complete;
  expect(response).toMatch(/^HTTP\/1.1 200 /);
  expect(response).not.toMatch(/connection: close/i);
});

it('a request that did not come over a socket is answered as it is over one', async () => {
  const server = createServer({ log: pino({ level: 'silent' }) });
  onTestFinished(() => server.close());
  // This clock stands still, so a response that waits for a limit would never end.
  const standing = { ...systemClock, sleep: () => new Promise<void>(() => undefined) };
  closeUnread(server, standing);
  server.post('/', () => ({ status: 'ok' }));
  const refuse: onRequestHookHandler = (_request, reply) => {
    void reply.code(401).send('no');
  };
  server.post('/early', { onRequest: refuse }, () => 'never');
  const answer = (url: string) => server.inject({ method: 'POST', url, payload: { a: 1 } });
  expect(await answer('/')).toMatchObject({ statusCode: 200, body: '{"status":"ok"}' });
  expect((await answer('/')).headers['connection']).not.toBe('close');
  expect(await answer('/early')).toMatchObject({ statusCode: 401, body: 'no' });
});
