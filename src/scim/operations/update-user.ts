/**
 * Updates a user. A request that deactivates the user always succeeds: whatever else in it cannot be applied is left out
 * and reported as a warning. After an error, an IdP would try again hours later, and the leaver would still be in the
 * workspace. Every other request fails as a whole when a part of it fails (RFC 7644 section 3.5.2).
 */
import type { Guard } from '../../directory/access/guard.ts';
import type { User, UserDraft } from '../../directory/user/user.ts';
import type { Users } from '../../directory/user/users.ts';
import { BridgeError } from '../../errors.ts';
import type { Writer } from '../../directory/access/connection.ts';
import type { Skip } from '../codec/normalize-document.ts';

/** The change that a request makes to a user. */
export interface UserChange {
  readonly kind: 'put' | 'patch';
  /** Applies all of the request. @throws BridgeError for anything that cannot be applied */
  applyAll(before: User): UserDraft;
  /** Whether the request sets the user to inactive. */
  deactivates(): boolean;
  /** Applies what can be applied of a request that deactivates. @param skip called for everything else */
  applyPossible(before: User, skip: Skip): UserDraft;
  /** The draft with the userName that the user has now. */
  keepUserName(draft: UserDraft, before: User): UserDraft;
}

export interface UpdatedUser {
  readonly user: User;
  /** Attributes that could not be applied; none unless the request deactivates. */
  readonly leftOut: readonly string[];
}

/** @throws BridgeError as Users.update does, and for a change that cannot be applied */
export async function updateUser(
  users: Users,
  connection: Writer,
  id: string,
  change: UserChange,
  guard: Guard | undefined,
): Promise<UpdatedUser> {
  let leftOut: string[] = [];
  const draftOf = (before: User): UserDraft => {
    leftOut = [];
    try {
      return change.applyAll(before);
    } catch (error) {
      if (!(error instanceof BridgeError) || !change.deactivates()) throw error;
      return change.applyPossible(before, (name, { code }) => leftOut.push(`${name} (${code})`));
    }
  };
  const update = (draft: (before: User) => UserDraft) =>
    users.update(connection, id, draft, guard, change.kind);
  try {
    const user = await update(draftOf);
    return { user, leftOut };
  } catch (error) {
    if (!(error instanceof BridgeError) || error.code !== 'uniqueness' || !change.deactivates()) throw error;
  }
  // Another user has the new userName: the leaver keeps the old one.
  const user = await update((before) => change.keepUserName(draftOf(before), before));
  return { user, leftOut: [...leftOut, 'userName (uniqueness)'] };
}
