/** Makes a server listen; a port that is not to be had becomes one clear message. */
import type { FastifyInstance } from 'fastify';
import { BridgeError } from '../errors.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** @param name what people call this port @param setting where its number is set */
export interface PortWords {
  readonly name: string;
  readonly setting: string;
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program uses it',
  EACCES: 'this user may not listen there',
  EADDRNOTAVAIL: 'this machine does not have that address',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the host could not be looked up',
};

/** @returns where it listens, e.g. http://127.0.0.1:8080 @throws BridgeError unavailable */
export async function listen(
  server: FastifyInstance,
  { host, port }: Address,
  { name, setting }: PortWords,
): Promise<string> {
  try {
    return await server.listen({ host, port });
  } catch (error) {
    const reason = REASONS[(error as { code?: string }).code ?? ''];
    if (reason === undefined) throw error;
    throw new BridgeError(
      'unavailable',
      `The ${name} cannot listen on ${host}, port ${port}: ${reason}. Choose another with ${setting}, or free this one.`,
    );
  }
}
