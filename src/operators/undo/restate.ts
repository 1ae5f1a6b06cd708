/** The port to what only `scim/` understands: documents are text, and an undo changes values in them. */
import type { GroupDraft } from '../../directory/group/group.ts';
import type { User, UserDraft } from '../../directory/user/user.ts';

/** New values of a user; the others stay. */
export interface UserValues {
  readonly active?: boolean;
  readonly admin?: boolean;
  readonly email?: string;
}

/** The user with these values. An address that no list of the document states stays as it is. */
export type RestateUser = (user: User, values: UserValues) => UserDraft;

/** The group with this name. */
export type RestateGroup = (group: GroupDraft, displayName: string) => GroupDraft;
