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
  /** The account of that member when the user is linked to it, else null. */
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
   * Everything that is known of one subject, for a plan; nothing asks the target. A deleted subject is there, not wanted.
   * @returns undefined when the workspace has no such subject and never had
   */
  subjectState(workspace: string, subject: Subject, now: number): Promise<SubjectState | undefined>;
  /**
   * Every directory user whom a change of those members may concern, the likeliest of each member first: the users who
   * are linked to the account, who have its address, and who were invited under that address.
   */
  peopleConcerned(workspace: string, members: readonly ObservedMember[]): Promise<readonly PersonConcerned[]>;
  /** The users whose accounts the workspace's members are, by the key of the member. */
  accountHolders(workspace: string): Promise<ReadonlyMap<string, AccountHolder>>;
  /** The directory groups linked to those the target groups. */
  groupsBehind(workspace: string, groupTokens: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Subjects whose delivery is not verified and that have no job: something was lost on the way. */
  unsettledSubjects(workspace: string): Promise<readonly Subject[]>;
  /** E-mails of pushed and active users, and names of pushed groups. */
  pushedNames(
    workspace: string,
  ): Promise<{ readonly emails: readonly string[]; readonly groups: readonly string[] }>;
  /** Users and groups that nobody has pushed: they stand for what the target had of its own. */
  unmanaged(workspace: string): Promise<readonly Unmanaged[]>;
}
