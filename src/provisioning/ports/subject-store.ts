/** The port to subjects: everything that is known about one, and the subjects that a change on the target affects. */
import type { Subject } from '../../directory/subject.ts';
import type { ObservedMember } from '../model/observed.ts';
import type { SubjectState } from '../plan/subject-state.ts';

/** A directory user who may match a member of the target, and the user's groups in the directory. */
export interface PersonConcerned {
  readonly memberKey: string;
  readonly userId: string;
  /** False for a member that no IdP has pushed yet. */
  readonly owned: boolean;
  readonly groupIds: readonly string[];
  /** The account of that member if the user is linked to it, else null. */
  readonly accountId: string | null;
}

export interface AccountHolder {
  readonly userId: string;
  /** False for a member that no IdP has pushed yet. */
  readonly owned: boolean;
}

/** A directory row without an owner, and the target account or group that it is linked to. */
export interface Unmanaged {
  readonly subject: Subject;
  readonly version: number;
  readonly token: string | null;
}

export interface SubjectStore {
  /**
   * Everything that is known about one subject, for a plan, without asking the target. A deleted subject is returned as
   * not wanted. @returns undefined when the workspace never had such a subject
   */
  subjectState(workspace: string, subject: Subject, now: number): Promise<SubjectState | undefined>;
  /**
   * The directory users that a change of these members may affect, the likeliest user of each member first: users
   * linked to the account, users with its address, and users who were invited under that address.
   */
  peopleConcerned(workspace: string, members: readonly ObservedMember[]): Promise<readonly PersonConcerned[]>;
  /** The users of the workspace's members, by the key of the member. */
  accountHolders(workspace: string): Promise<ReadonlyMap<string, AccountHolder>>;
  /** The directory groups that are linked to these groups of the target. */
  groupsBehind(workspace: string, groupTokens: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Subjects whose delivery is not verified and that have no job, because a job was lost. */
  unsettledSubjects(workspace: string): Promise<readonly Subject[]>;
  /** E-mails of pushed and active users, and names of pushed groups. */
  pushedNames(
    workspace: string,
  ): Promise<{ readonly emails: readonly string[]; readonly groups: readonly string[] }>;
  /** Users and groups that no IdP has pushed. They show what the target has to the IdP. */
  unmanaged(workspace: string): Promise<readonly Unmanaged[]>;
}
