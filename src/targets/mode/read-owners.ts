/**
 * Whose keys the bridge uses. A member's key dies with their membership, so they are never removed. A workspace key is
 * nobody's.
 */
import { TargetError } from '../../provisioning/target.ts';
import type { Client, Credential } from './client.ts';
import { linkOf } from './mode-json.ts';

/** @returns the handles that Mode tells; a key that may not be looked at protects nobody */
export async function readOwners(
  client: Client,
  credentials: readonly Credential[],
): Promise<readonly string[]> {
  const owners: string[] = [];
  for (const credential of credentials) {
    const owner = await ownerOf(client, credential).catch((error: unknown) => {
      if (error instanceof TargetError && error.kind !== 'unavailable' && error.kind !== 'rate_limited')
        return undefined;
      throw error;
    });
    if (owner !== undefined && owner !== '') owners.push(owner);
  }
  return owners;
}

async function ownerOf(client: Client, credential: Credential): Promise<string | undefined> {
  const key = linkOf(await client.call({ method: 'GET', path: '/api/verify', credential }), 'self');
  // Older answers link the workspace here, which has no owner in this sense.
  if (key?.includes('/api_keys/') !== true) return undefined;
  const record = await client.call({ method: 'GET', path: key, credential });
  return linkOf(record, 'member')?.split('/').at(-1);
}
