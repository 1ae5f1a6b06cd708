/**
 * Releases the users and groups of a connection before it is removed. After an interruption, the next call continues.
 */
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
export async function revokeTokens(
  store: TokenStore,
  clock: Clock,
  connectionId: string,
  by: string | undefined,
): Promise<void> {
  const valid = (await store.tokens()).filter((token) => {
    return token.connectionId === connectionId && token.revokedAt === null;
  });
  for (const { id } of valid) await store.revokeToken(id, clock.now(), by);
  if (valid.length > 0) await clock.sleep(TOKEN_CACHED_MS);
}

interface Parts {
  readonly access: Pick<ConnectionStore, 'ownedSubjects'>;
  readonly directory: Pick<DirectoryStore, 'commit' | 'group' | 'groupsOf' | 'user'>;
  readonly clock: Clock;
}

/** What was released, as counts. */
export interface Released {
  /** Nobody's now. */
  readonly users: number;
  /** Nobody's now. */
  readonly groups: number;
  /** Users that the IdP had deactivated. They are deleted from the directory. */
  readonly left: number;
}

export async function releaseOwned(parts: Parts, { id, workspace }: Connection): Promise<Released> {
  const released = { users: 0, groups: 0, left: 0 };
  for (;;) {
    const owned = await parts.access.ownedSubjects(id, AT_ONCE);
    if (owned.length === 0) return released;
    for (const subject of owned) {
      const release = await releaseOf(parts, workspace, subject);
      // A lost race is seen at the next read.
      if (release !== undefined && (await parts.directory.commit(release.write)) === 'committed')
        released[release.counts] += 1;
    }
  }
}

async function releaseOf(
  { directory, clock }: Parts,
  workspace: string,
  subject: Subject,
): Promise<{ readonly write: DirectoryWrite; readonly counts: keyof Released } | undefined> {
  const at = clock.now();
  if (subject.kind === 'group') {
    const group = await directory.group(workspace, subject.id);
    return group && { write: releaseGroup(group, at), counts: 'groups' };
  }
  const user = await directory.user(workspace, subject.id);
  if (user === undefined) return undefined;
  if (user.active) return { write: releaseUser(user, at), counts: 'users' };
  // No IdP wants this person now. What the target has is shown after the next read.
  const groups = (await directory.groupsOf([user.id])).get(user.id) ?? [];
  const memberships = groups.map((group) => ({ groupId: group.id, userId: user.id }));
  const write = removeUnmanaged({ workspace, at }, { subject, version: user.version }, memberships);
  return { write, counts: 'left' };
}
