/** Takes from a connection what it owns, before it is removed. Begun twice, it goes on where it stopped. */
import type { Clock } from '../clock.ts';
import type { ConnectionStore } from '../directory/access/connection-store.ts';
import type { Connection } from '../directory/access/connection.ts';
import { TOKEN_CACHED_MS } from '../directory/access/token-cache.ts';
import type { TokenStore } from '../directory/access/token.ts';
import type { DirectoryStore } from '../directory/directory-store.ts';
import { hide, releaseSubject } from '../directory/unmanaged.ts';

const AT_ONCE = 200;

/** Revokes the tokens of the connection. @returns when no bridge accepts any of them */
export async function revokeTokens(store: TokenStore, clock: Clock, connectionId: string): Promise<void> {
  const valid = (await store.tokens()).filter((token) => {
    return token.connectionId === connectionId && token.revokedAt === null;
  });
  for (const { id } of valid) await store.revokeToken(id, clock.now());
  if (valid.length > 0) await clock.sleep(TOKEN_CACHED_MS);
}

interface Parts {
  readonly access: Pick<ConnectionStore, 'ownedSubjects'>;
  readonly directory: Pick<DirectoryStore, 'commit' | 'groupsOf'>;
  readonly clock: Clock;
}

export async function releaseOwned(
  { access, directory, clock }: Parts,
  { id: connectionId, workspace }: Connection,
): Promise<void> {
  for (;;) {
    const owned = await access.ownedSubjects(connectionId, AT_ONCE);
    if (owned.length === 0) return;
    for (const { subject, version, active } of owned) {
      const at = clock.now();
      const row = { subject, version };
      if (active) {
        await directory.commit(releaseSubject({ workspace, at }, row));
        continue;
      }
      // Nothing says that this person is to have access: what Mode has is shown after the next read of it.
      const groups = (await directory.groupsOf([subject.id])).get(subject.id) ?? [];
      const memberships = groups.map((group) => ({ groupId: group.id, userId: subject.id }));
      await directory.commit(hide({ workspace, at }, row, memberships));
    }
  }
}
