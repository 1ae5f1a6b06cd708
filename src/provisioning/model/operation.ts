/**
 * One step on the target. A plan is a list of operations. Each one is small enough to be tried, recorded and read back
 * alone.
 */
import type { ObservedMember } from './observed.ts';
import type { Profile, ProfileChange } from './profile.ts';

/** An invite needs an address. */
export interface InvitedProfile extends Profile {
  readonly email: string;
}

export type Operation =
  | (InvitedProfile & {
      readonly type: 'invite';
      /** The former member who is invited again, when the target still lists them. */
      readonly former: ObservedMember | null;
    })
  | { readonly type: 'remove_member'; readonly member: ObservedMember }
  | { readonly type: 'set_admin'; readonly member: ObservedMember; readonly admin: boolean }
  | { readonly type: 'update_profile'; readonly member: ObservedMember; readonly change: ProfileChange }
  | { readonly type: 'create_group'; readonly name: string }
  /** Takes over the group that the target has under this name; nothing is sent. */
  | { readonly type: 'adopt_group'; readonly targetGroupId: string; readonly name: string }
  | {
      readonly type: 'rename_group';
      readonly targetGroupId: string;
      readonly name: string;
      /** The current name. */
      readonly from: string;
    }
  | { readonly type: 'delete_group'; readonly targetGroupId: string; readonly name: string }
  | { readonly type: 'add_group_member'; readonly targetGroupId: string; readonly accountId: string }
  | {
      readonly type: 'remove_group_member';
      readonly targetGroupId: string;
      readonly accountId: string;
      /** Null when only the bridge's own write is known. The target then looks it up. */
      readonly groupMembershipId: string | null;
    };

export type OperationType = Operation['type'];
