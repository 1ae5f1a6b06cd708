/** A TCP proxy on loopback that a test can cut, as a network or a server that restarts does. */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Proxy {
  readonly port: number;
  /** Resets what stands, and refuses what comes. */
  cut(): Promise<void>;
  mend(): Promise<void>;
}

export async function startProxy(host: string, port: number): Promise<Proxy> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
    return socket;
  };
  let server: Server | undefined;
  async function listen(at: number): Promise<number> {
    const made = createServer((here) => {
      const there = keep(connect(port, host));
      keep(here).pipe(there).pipe(here);
      here.once('close', () => there.destroy());
      there.once('close', () => here.destroy());
    });
    server = made;
    await new Promise<void>((resolve) => made.listen(at, '127.0.0.1', resolve));
    return (made.address() as AddressInfo).port;
  }
  async function cut(): Promise<void> {
    const cutting = server;
    server = undefined;
    if (cutting === undefined) return;
    const closed = new Promise((resolve) => cutting.close(resolve));
    for (const socket of sockets) socket.resetAndDestroy();
    await closed;
  }
  const own = await listen(0);
  onTestFinished(cut);
  return {
    port: own,
    cut,
    mend: async () => {
      await listen(own);
    },
  };
}
