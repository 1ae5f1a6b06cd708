/** The webhook of a story: what it got, by the id of the notice. It fails for as long as it is told to. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Receiver {
  readonly url: string;
  /** The bodies that came with each id; only those that were answered with success. */
  readonly got: ReadonlyMap<string, ReadonlySet<string>>;
  /** @param status of the answers from now on */
  answer(status: number): void;
  close(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const got = new Map<string, Set<string>>();
  let status = 200;
  const server = createServer((request, response) => {
    const id = String(request.headers['webhook-id']);
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (piece: string) => (body += piece));
    request.on('end', () => {
      if (status === 200) got.set(id, (got.get(id) ?? new Set()).add(body));
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    got,
    answer: (next) => {
      status = next;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
