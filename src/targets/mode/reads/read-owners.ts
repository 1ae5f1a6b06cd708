/**
 * Whose keys the bridge uses. A member's key dies with their membership, so they are never removed. A workspace key is
 * nobody's.
 */
import { TargetError } from '../../../provisioning/ports/target.ts';
import type { KeyName, ModeApi } from '../mode-api.ts';
import { linkOf } from '../mode-json.ts';

/**
 * A key's owner never changes, so each is asked for once.
 * @returns what reads the handles that Mode tells; a key that may not be looked at protects nobody
 */
export function createOwnerReads(api: ModeApi): () => Promise<readonly string[]> {
  const known = new Map<KeyName, string>();

  async function ownerOf(key: KeyName): Promise<string | undefined> {
    const record = linkOf((await api.verify(key)).record, 'self');
    // Older answers link the workspace here, which has no owner in this sense.
    if (record?.includes('/api_keys/') !== true) return undefined;
    return (
      linkOf(await api.get(record, { key }), 'member')
        ?.split('/')
        .at(-1) ?? ''
    );
  }

  return async () => {
    for (const key of api.keys) {
      if (known.has(key)) continue;
      const owner = await ownerOf(key).catch((error: unknown) => {
        if (error instanceof TargetError && error.kind !== 'unavailable' && error.kind !== 'rate_limited')
          return undefined;
        throw error;
      });
      if (owner !== undefined) known.set(key, owner);
    }
    return [...known.values()].filter((owner) => owner !== '');
  };
}
