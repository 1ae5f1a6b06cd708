/** Starts listening. A port that is not available becomes one clear error message. */
import type { FastifyInstance } from 'fastify';
import { BridgeError, type ErrorCode } from '../errors.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** How error messages describe a port. */
export interface PortLabel {
  readonly name: string;
  /** The setting with the port's number. */
  readonly setting: string;
}

/** The settings or another program must change, except after a failed look-up, which may work later. */
const REASONS: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  EADDRINUSE: ['invalid_config', 'another program uses it'],
  EACCES: ['invalid_config', 'this user has no permission to listen on it'],
  EADDRNOTAVAIL: ['invalid_config', 'this machine does not have that address'],
  ENOTFOUND: ['invalid_config', 'the host does not exist'],
  EAI_AGAIN: ['unavailable', 'the host could not be looked up'],
};

/** @returns the URL it listens on, e.g. http://127.0.0.1:8080 @throws BridgeError invalid_config, unavailable */
export async function listen(
  server: FastifyInstance,
  { host, port }: Address,
  { name, setting }: PortLabel,
): Promise<string> {
  try {
    return await server.listen({ host, port });
  } catch (error) {
    const found = REASONS[(error as { code?: string }).code ?? ''];
    if (found === undefined) throw error;
    const [code, reason] = found;
    throw new BridgeError(
      code,
      `The ${name} cannot listen on ${host}, port ${port}: ${reason}. Choose another port with ${setting}, or free this one.`,
    );
  }
}
