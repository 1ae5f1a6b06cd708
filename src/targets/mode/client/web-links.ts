/**
 * Links to the pages in Mode's UI where a person can do what the API cannot. They come from Mode's responses and always
 * point to Mode's own origin.
 */
import { TargetError } from '../../../provisioning/ports/target.ts';
import type { TaskPlace } from '../../../provisioning/plan/task.ts';
import type { Memberships } from '../reads/memberships.ts';
import type { ModeApi } from '../mode-api.ts';
import { linkOf } from '../mode-json.ts';
import type { WorkspaceRoot } from '../workspace-root.ts';

interface WebLinkParts {
  readonly api: ModeApi;
  readonly root: WorkspaceRoot;
  readonly memberships: Memberships;
  readonly baseUrl: string;
}

/** @returns a function that finds the page, or the workspace's page when no better one is known. It never fails. */
export function createWebLinks({
  api,
  root,
  memberships,
  baseUrl,
}: WebLinkParts): (place: TaskPlace) => Promise<string> {
  const { origin } = new URL(baseUrl);

  async function pathOf(place: TaskPlace): Promise<string | undefined> {
    switch (place.kind) {
      case 'invites':
        return linkOf(await root.read(), 'new_invite_web');
      case 'groups':
        return linkOf(await root.read(), 'web_groups');
      case 'group':
        return linkOf(await api.get(api.groupPath(place.targetGroupId)), 'web');
      case 'member': {
        const membershipId = await memberships.known(place.member);
        if (membershipId === null) return linkOf(await root.read(), 'web_settings');
        const membership = await api.get(api.membershipPath(membershipId));
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
