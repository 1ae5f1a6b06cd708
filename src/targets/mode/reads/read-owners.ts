/**
 * Owners of the keys that the bridge uses. A member key stops working when its owner is removed, so the bridge never removes
 * owners. A workspace key has no owner.
 */
import { TargetError } from '../../../provisioning/ports/target.ts';
import type { KeyName, ModeApi } from '../mode-api.ts';
import { linkOf } from '../mode-json.ts';

/**
 * The owner of a key never changes, so each is read once.
 * @returns a function that reads the usernames of the owners; a key whose record cannot be read is skipped
 */
export function createOwnerReads(api: ModeApi): () => Promise<readonly string[]> {
  const known = new Map<KeyName, string>();

  async function ownerOf(key: KeyName): Promise<string | undefined> {
    const record = linkOf((await api.verify(key)).record, 'self');
    // Older responses link to the workspace here, which has no owner in this sense.
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
