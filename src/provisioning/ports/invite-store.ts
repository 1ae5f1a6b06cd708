/** Provisioning's port to stored invites. */
import type { Invite } from '../invite/invite.ts';

export interface InviteStore {
  inviteOf(workspace: string, email: string): Promise<Invite | undefined>;
  /** Invites that are not accepted, oldest first. */
  openInvites(workspace: string, limit: number): Promise<readonly Invite[]>;
  /**
   * The ids of pushed and active users whose invite is open and was last sent before then, or has expired. @param which
   * the maximum number of sends
   */
  usersInvited(
    workspace: string,
    which: { readonly sentBefore: number; readonly sendsBelow: number },
  ): Promise<readonly string[]>;
}
