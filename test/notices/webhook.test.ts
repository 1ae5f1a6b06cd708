/** What is sent to a webhook, and where nothing is sent. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { lookup } from 'node:dns';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { isPublicAddress } from '../../src/notices/public-address.ts';
import { signWebhook } from '../../src/notices/sign-webhook.ts';
import { createWebhook, type WebhookOptions } from '../../src/notices/webhook.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const NOTICE = {
  id: 'msg_1',
  kind: 'test',
  text: 'A test',
  data: { count: 1 },
  workspace: 'acme',
  createdAt: 1_000,
} as const;

it('the signature is the one of the published example', () => {
  const at = 1_614_265_330_000;
  const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', at, body: '{"test": 2432232314}' };
  expect(signWebhook(SECRET, message)).toEqual({
    'webhook-id': message.id,
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

describe('an address', () => {
  it.each([
    '127.0.0.1 127.255.0.9 10.1.2.3 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 0.0.0.0 100.64.0.1',
    '224.0.0.1 255.255.255.255 ::1 :: fe80::1 fe80::1%eth0 fc00::1 fd12:3456::1 ff02::1 ::ffff:127.0.0.1',
    '::ffff:10.0.0.1 ::ffff:a9fe:a9fe ::127.0.0.1 64:ff9b::7f00:1 2002:7f00:1:: localhost 1.2.3 nothing',
  ])('that is private, local or none is refused: %s', (addresses) => {
    for (const address of addresses.split(' ')) expect(isPublicAddress(address), address).toBe(false);
  });

  it('that is public is accepted', () => {
    for (const address of [
      '1.1.1.1',
      '172.32.0.1',
      '172.15.255.255',
      '11.0.0.1',
      '2606:4700::1111',
      '::ffff:1.1.1.1',
    ])
      expect(isPublicAddress(address), address).toBe(true);
  });
});

describe('a webhook', () => {
  async function receiver(answer: (request: IncomingMessage, response: ServerResponse) => void) {
    let connections = 0;
    const server = createServer(answer);
    server.on('connection', () => (connections += 1));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return { port: (server.address() as AddressInfo).port, connections: () => connections };
  }

  function open(options: Partial<WebhookOptions> & { readonly url: string }) {
    const webhook = createWebhook({ secret: SECRET, allowPrivate: false, clock: systemClock, ...options });
    onTestFinished(() => webhook.close());
    return webhook;
  }

  /** A resolver that says these addresses. */
  const saying = (...addresses: readonly string[]) =>
    ((_host: string, _options: object, callback: (error: null, found: object[]) => void) => {
      callback(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
    }) as unknown as typeof lookup;

  it('on this machine gets nothing, by whatever name, unless that is allowed', async () => {
    const { port, connections } = await receiver((_request, response) => response.end('ok'));
    for (const host of ['127.0.0.1', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1', 'localhost'])
      expect(await open({ url: `http://${host}:${String(port)}/` }).send(NOTICE), host).toMatchObject({
        isDelivered: false,
        answer: expect.stringContaining('BRIDGE_NOTIFY_ALLOW_PRIVATE') as string,
      });
    // DNS that answers with another address each time does not help: the address that is connected to is checked.
    for (const resolve of [saying('127.0.0.1'), saying('1.1.1.1', '127.0.0.1'), saying('::1'), saying()])
      expect(await open({ url: `http://hook.test:${String(port)}/`, resolve }).send(NOTICE)).toMatchObject({
        isDelivered: false,
      });
    expect(connections()).toBe(0);
    const allowed = open({ url: `http://localhost:${String(port)}/`, allowPrivate: true });
    expect(await allowed.send(NOTICE)).toEqual({ isDelivered: true, answer: '200 ok' });
  });

  it('that redirects does not get the notice elsewhere', async () => {
    const other = await receiver((_request, response) => response.end());
    const { port } = await receiver((_request, response) => {
      response.writeHead(307, { location: `http://127.0.0.1:${String(other.port)}/` }).end();
    });
    const webhook = open({ url: `http://127.0.0.1:${String(port)}/`, allowPrivate: true });
    expect(await webhook.send(NOTICE)).toEqual({ isDelivered: false, answer: '307' });
    expect(other.connections()).toBe(0);
  });

  it('that does not answer, or endlessly, is given up, and no more than a little of its answer is kept', async () => {
    const silent = await receiver(() => undefined);
    const soon = {
      ...systemClock,
      sleep: (_ms: number, signal?: AbortSignal) => systemClock.sleep(50, signal),
      monotonic: () => 0,
    };
    const webhook = open({
      url: `http://127.0.0.1:${String(silent.port)}/`,
      allowPrivate: true,
      clock: soon,
    });
    expect(await webhook.send(NOTICE)).toEqual({ isDelivered: false, answer: 'no answer within 10 seconds' });
    const endless = await receiver((_request, response) => {
      const more = (): boolean => response.write('x'.repeat(1_000));
      response.on('drain', more);
      while (more());
    });
    const long = await open({ url: `http://127.0.0.1:${String(endless.port)}/`, allowPrivate: true }).send(
      NOTICE,
    );
    expect(long.answer).toBe(`200 ${'x'.repeat(200)}`);
  });
});
