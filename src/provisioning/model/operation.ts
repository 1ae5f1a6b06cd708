/** One step on the target. A plan is a list of these; each is small enough to be tried, recorded and read back alone. */
import type { ObservedMember } from './observed.ts';
import type { Profile, ProfileChange } from './profile.ts';

/** Nobody is invited without an address. */
export interface InvitedProfile extends Profile {
  readonly email: string;
}

export type Operation =
  | (InvitedProfile & {
      readonly type: 'invite';
      /** The former member who is asked back, when the target still lists them. */
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
      /** Its name now. */
      readonly from: string;
    }
  | { readonly type: 'delete_group'; readonly targetGroupId: string; readonly name: string }
  | { readonly type: 'add_group_member'; readonly targetGroupId: string; readonly accountId: string }
  | {
      readonly type: 'remove_group_member';
      readonly targetGroupId: string;
      readonly accountId: string;
      /** Null when only our own write is known: the target looks it up. */
      readonly groupMembershipId: string | null;
    };

export type OperationType = Operation['type'];
