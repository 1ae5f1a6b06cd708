/**
 * Where in Mode a person can do what its API does not: the links that Mode gives for people, followed no further than
 * to say them. Only paths of Mode's own origin are told.
 */
import { TargetError } from '../../../provisioning/ports/target.ts';
import type { TaskPlace } from '../../../provisioning/plan/task.ts';
import type { Memberships } from '../reads/memberships.ts';
import type { ModeApi } from '../mode-api.ts';
import { linkOf } from '../mode-json.ts';
import type { WorkspaceRoot } from '../workspace-root.ts';

interface PageParts {
  readonly api: ModeApi;
  readonly root: WorkspaceRoot;
  readonly memberships: Memberships;
  readonly baseUrl: string;
}

/** @returns what finds the page; the workspace's own when nothing better is known. Never fails. */
export function createPages({
  api,
  root,
  memberships,
  baseUrl,
}: PageParts): (place: TaskPlace) => Promise<string> {
  const { origin } = new URL(baseUrl);

  async function pathOf(place: TaskPlace): Promise<string | undefined> {
    switch (place.kind) {
      case 'invites':
        return linkOf(await root.read(), 'new_invite_web');
      case 'groups':
        return linkOf(await root.read(), 'web_groups');
      case 'group':
        return linkOf(await api.get(api.groupPath(place.groupToken)), 'web');
      case 'member': {
        const membershipToken = await memberships.known(place.member);
        if (membershipToken === null) return linkOf(await root.read(), 'web_settings');
        const membership = await api.get(api.membershipPath(membershipToken));
        const back = place.member.state === 'former' ? linkOf(membership, 'web_self_unban') : undefined;
        return back ?? linkOf(membership, 'web_self');
      }
    }
  }

  return async (place) => {
    const path = await pathOf(place).catch((error: unknown) => {
      if (error instanceof TargetError) return undefined;
      throw error;
    });
    return new URL(path === undefined || path.startsWith('//') ? `/${api.workspace}` : path, origin).href;
  };
}
