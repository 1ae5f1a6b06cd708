/** Provisioning's port to remembered invites. */
import type { Invite } from '../invite/invite.ts';

export interface InviteStore {
  inviteOf(workspace: string, email: string): Promise<Invite | undefined>;
  /** Those that are not accepted, oldest first. */
  openInvites(workspace: string, limit: number): Promise<readonly Invite[]>;
  /**
   * The ids of pushed and active users whose invite is open and was last sent until then, or has run out.
   * @param which how often it was sent at most
   */
  usersInvited(
    workspace: string,
    which: { readonly sentBefore: number; readonly sendsBelow: number },
  ): Promise<readonly string[]>;
}
