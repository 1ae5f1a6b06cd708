import { connect } from 'node:net';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { answerWithProblems } from '../../src/http/problem.ts';
import { createServer } from '../../src/http/server.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { scrub } from '../../src/observability/scrub.ts';

const TOKEN = 'a-token-that-must-stay-hidden';

function collecting(level = 'trace') {
  const lines: string[] = [];
  return {
    log: createLogger(level, { write: (line: string) => lines.push(line) }),
    text: () => lines.join(''),
  };
}

/** @returns all that the server answers until it closes the connection */
function send(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      resolve(answer);
    });
  });
}

it('a request that is malformed is answered, and nothing of it is logged at any level', async () => {
  const { log, text } = collecting();
  const server = createServer({ log });
  answerWithProblems(server);
  server.get('/fails', () => {
    throw Object.assign(new Error(`https://u:${TOKEN}@x.test/?secret=${TOKEN}`), {
      rawPacket: Buffer.from(TOKEN),
      detail: TOKEN,
    });
  });
  const { port } = new URL(await server.listen({ host: '127.0.0.1', port: 0 }));
  onTestFinished(() => server.close());
  const headers = `host: x\r\nauthorization: Bearer ${TOKEN}\r\n`;
  const asked = (request: string) => send(Number(port), request);
  const malformed: readonly (readonly [string, number])[] = [
    [`NONSENSE /?q=${TOKEN} HTTP/1.1\r\n${headers}\r\n`, 400],
    [`GET /?q=${TOKEN} HTTP/1.1\r\n${headers}a b: c\r\n\r\n`, 400],
    [`GET / HTTP/1.1\r\n${headers}content-length: 1\r\ntransfer-encoding: chunked\r\n\r\n`, 400],
    [`POST / HTTP/1.1\r\n${headers}transfer-encoding: chunked\r\n\r\n${TOKEN}\r\n`, 400],
    [`GET / HTTP/1.1\r\n${headers}x: ${'y'.repeat(70_000)}\r\n\r\n`, 431],
    [`\x16\x03\x01${TOKEN}\r\n\r\n`, 400],
    [`GET /%zz?q=${TOKEN} HTTP/1.1\r\n${headers}connection: close\r\n\r\n`, 400],
    [`GET /none?q=${TOKEN} HTTP/1.1\r\n${headers}connection: close\r\n\r\n`, 404],
    [`GET /fails?q=${TOKEN} HTTP/1.1\r\n${headers}connection: close\r\n\r\n`, 500],
    [`GET http://u:${TOKEN}@x/none HTTP/1.1\r\n${headers}connection: close\r\n\r\n`, 404],
  ];
  for (const [request, status] of malformed) {
    const answer = await asked(request);
    expect(answer.slice(0, 12)).toBe(`HTTP/1.1 ${status}`);
  }
  expect(text()).toContain('HPE_INVALID_METHOD');
  expect(text()).toContain('"path":"/none"');
  expect(text()).not.toContain(TOKEN);
  expect(text()).not.toContain(Buffer.from(TOKEN).toJSON().data.join(','));
});

it('whatever carries a secret is logged without it', () => {
  const { log, text } = collecting();
  const error = new Error(`Authorization: Basic ${TOKEN}`, {
    cause: new AggregateError([Object.assign(new Error('inner'), { code: 'E1', input: TOKEN })], 'several'),
  });
  log.warn(
    { err: error, failure: error, headers: { authorization: TOKEN, 'x-api-key': TOKEN } },
    `Bearer ${TOKEN}`,
  );
  log.trace(Object.assign(error, { rawPacket: Buffer.from(TOKEN) }));
  log.debug({
    url: new URL(`https://u:${TOKEN}@x.test/`),
    socket: new (class Socket {
      secret = TOKEN;
      inner = TOKEN;
    })(),
  });
  log.info({
    list: [{ apiToken: TOKEN }, `postgres://u:${TOKEN}@db/x`],
    deep: { a: { b: { c: { d: { e: { token: TOKEN } } } } } },
  });
  log.child({ part: 'x' }).error(error, 'GET /Users?filter=%s', TOKEN);
  expect(text()).not.toContain(TOKEN);
  expect(text()).toContain('"code":"E1"');
  expect(text()).toContain('[Socket]');
});

it('a text without a secret is as it was', () => {
  for (const text of [
    'Mode fails: all jobs wait',
    '/scim/v2/Users/jane@x.test',
    'the key basic',
    'why? nobody knows',
    '',
  ])
    expect(scrub(text)).toBe(text);
});

it('a long text of a stranger is scrubbed in linear time', () => {
  const parts = fc.constantFrom('://', '?a', 'bearer ', '@', '/', '=', 'aaaa', ' ');
  fc.assert(
    fc.property(parts, parts, (one, other) => {
      expect(typeof scrub((one + other).repeat(50_000))).toBe('string');
    }),
  );
});
