/**
 * Writes a person so that a request that deactivates them always does: what else it says and cannot be applied is left
 * out, and told. An IdP that gets an error instead comes again hours later, with the leaver still in the workspace.
 * Every other request fails as a whole when a part of it does (RFC 7644 section 3.5.2).
 */
import type { Guard } from '../../directory/access/guard.ts';
import type { User, UserDraft } from '../../directory/user/user.ts';
import type { Users } from '../../directory/user/users.ts';
import { BridgeError } from '../../errors.ts';
import type { Connection } from '../../directory/access/connection.ts';
import type { Skip } from '../codec/normalize-document.ts';

/** What a request makes of a person. */
export interface UserChange {
  readonly by: 'put' | 'patch';
  /** @throws BridgeError for anything in it that cannot be applied */
  whole(before: User): UserDraft;
  /** Whether it says that the person is not active. */
  deactivates(): boolean;
  /** What can be applied, when it deactivates. @param skip told of all else */
  leaving(before: User, skip: Skip): UserDraft;
  /** The draft with the name that the person has. */
  keepingName(draft: UserDraft, before: User): UserDraft;
}

export interface UpdatedUser {
  readonly user: User;
  /** Attributes that could not be applied; none unless the request deactivates. */
  readonly leftOut: readonly string[];
}

/** @throws BridgeError as Users.update does, and what the change refuses */
export async function updateUser(
  users: Users,
  connection: Connection,
  id: string,
  change: UserChange,
  guard: Guard | undefined,
): Promise<UpdatedUser> {
  let leftOut: string[] = [];
  const draftOf = (before: User): UserDraft => {
    leftOut = [];
    try {
      return change.whole(before);
    } catch (error) {
      if (!(error instanceof BridgeError) || !change.deactivates()) throw error;
      return change.leaving(before, (name, { code }) => leftOut.push(`${name} (${code})`));
    }
  };
  const update = (draft: (before: User) => UserDraft) =>
    users.update(connection, id, draft, guard, change.by);
  try {
    const user = await update(draftOf);
    return { user, leftOut };
  } catch (error) {
    if (!(error instanceof BridgeError) || error.code !== 'uniqueness' || !change.deactivates()) throw error;
  }
  // The new name is another's: the leaver keeps the old one.
  const user = await update((before) => change.keepingName(draftOf(before), before));
  return { user, leftOut: [...leftOut, 'userName (uniqueness)'] };
}
