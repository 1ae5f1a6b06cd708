/** Takes from a connection what it owns, before it is removed. Begun twice, it goes on where it stopped. */
import type { Clock } from '../clock.ts';
import type { ConnectionStore } from '../directory/access/connection-store.ts';
import type { Connection } from '../directory/access/connection.ts';
import { TOKEN_CACHED_MS } from '../directory/access/token-cache.ts';
import type { TokenStore } from '../directory/access/token.ts';
import type { DirectoryStore, DirectoryWrite } from '../directory/directory-store.ts';
import { releaseGroup } from '../directory/group/group-transitions.ts';
import type { Subject } from '../directory/subject.ts';
import { removeUnmanaged } from '../directory/unmanaged.ts';
import { releaseUser } from '../directory/user/user-transitions.ts';

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
  readonly directory: Pick<DirectoryStore, 'commit' | 'group' | 'groupsOf' | 'user'>;
  readonly clock: Clock;
}

export async function releaseOwned(parts: Parts, { id, workspace }: Connection): Promise<void> {
  for (;;) {
    const owned = await parts.access.ownedSubjects(id, AT_ONCE);
    if (owned.length === 0) return;
    for (const subject of owned) {
      const write = await releaseOf(parts, workspace, subject);
      // A lost race is seen at the next read.
      if (write !== undefined) await parts.directory.commit(write);
    }
  }
}

async function releaseOf(
  { directory, clock }: Parts,
  workspace: string,
  subject: Subject,
): Promise<DirectoryWrite | undefined> {
  const at = clock.now();
  if (subject.kind === 'group') {
    const group = await directory.group(workspace, subject.id);
    return group && releaseGroup(group, at);
  }
  const user = await directory.user(workspace, subject.id);
  if (user === undefined) return undefined;
  if (user.active) return releaseUser(user, at);
  // Nothing says that this person is to have access: what Mode has is shown after the next read of it.
  const groups = (await directory.groupsOf([user.id])).get(user.id) ?? [];
  const memberships = groups.map((group) => ({ groupId: group.id, userId: user.id }));
  return removeUnmanaged({ workspace, at }, { subject, version: user.version }, memberships);
}
