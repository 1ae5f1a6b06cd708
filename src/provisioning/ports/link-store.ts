/** Provisioning's port to the links between users and accounts, and between groups and groups of the target. */
import type { Subject } from '../../directory/subject.ts';

/** `auto`: found by e-mail or name. `invited`: the bridge invited the account. `operator`: an operator set it. */
export type LinkOrigin = 'auto' | 'invited' | 'operator';

export interface Link {
  readonly subject: Subject;
  /** The userName or the group's name. */
  readonly name: string;
  readonly token: string;
  readonly origin: LinkOrigin;
}

export interface LinkStore {
  /** Links of pushed users and groups, at most `limit`, by kind and name. */
  links(workspace: string, limit: number): Promise<readonly Link[]>;
  /** Pushed users with that id, userName or e-mail, or pushed groups with that id or name. */
  findSubjects(
    workspace: string,
    kind: Subject['kind'],
    text: string,
  ): Promise<readonly { readonly subject: Subject; readonly name: string }[]>;
  linkTo(workspace: string, kind: Subject['kind'], token: string): Promise<Link | undefined>;
  linkOf(workspace: string, subject: Subject): Promise<Link | undefined>;
  /** Links that operators dropped. */
  refusedLinks(workspace: string, subject: Subject): Promise<ReadonlySet<string>>;
  /** Stores an operator's link, and enqueues the subjects that it affects. */
  setLink(workspace: string, subject: Subject, token: string, at: number): Promise<void>;
  /** Removes the link, and prevents that it is made again automatically. */
  dropLink(workspace: string, subject: Subject, token: string, at: number): Promise<void>;
}
