/** Makes a server listen; a port that is not to be had becomes one clear message. */
import type { FastifyInstance } from 'fastify';
import { BridgeError, type ErrorCode } from '../errors.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** @param name what people call this port @param setting where its number is set */
export interface PortWords {
  readonly name: string;
  readonly setting: string;
}

/** The settings must change, or another program; only a look-up that failed may work later. */
const REASONS: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  EADDRINUSE: ['invalid_config', 'another program uses it'],
  EACCES: ['invalid_config', 'this user may not listen there'],
  EADDRNOTAVAIL: ['invalid_config', 'this machine does not have that address'],
  ENOTFOUND: ['invalid_config', 'there is no such host'],
  EAI_AGAIN: ['unavailable', 'the host could not be looked up'],
};

/** @returns where it listens, e.g. http://127.0.0.1:8080 @throws BridgeError invalid_config, unavailable */
export async function listen(
  server: FastifyInstance,
  { host, port }: Address,
  { name, setting }: PortWords,
): Promise<string> {
  try {
    return await server.listen({ host, port });
  } catch (error) {
    const found = REASONS[(error as { code?: string }).code ?? ''];
    if (found === undefined) throw error;
    const [code, reason] = found;
    throw new BridgeError(
      code,
      `The ${name} cannot listen on ${host}, port ${port}: ${reason}. Choose another with ${setting}, or free this one.`,
    );
  }
}
