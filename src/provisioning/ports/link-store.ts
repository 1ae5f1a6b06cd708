/** Provisioning's port to what says which the target account or group a user or group is. */
import type { Subject } from '../../directory/subject.ts';

/** `auto`: found by e-mail or name. `invited`: we invited the account. `operator`: an operator said so. */
export type LinkOrigin = 'auto' | 'invited' | 'operator';

export interface Link {
  readonly subject: Subject;
  /** The userName or the group's name. */
  readonly name: string;
  readonly token: string;
  readonly origin: LinkOrigin;
}

export interface LinkStore {
  /** Of pushed users and groups, at most `limit`, by kind and name. */
  links(workspace: string, limit: number): Promise<readonly Link[]>;
  /** Pushed users with that id, userName or e-mail, or pushed groups with that id or name. */
  findSubjects(
    workspace: string,
    kind: Subject['kind'],
    text: string,
  ): Promise<readonly { readonly subject: Subject; readonly name: string }[]>;
  linkTo(workspace: string, kind: Subject['kind'], token: string): Promise<Link | undefined>;
  linkOf(workspace: string, subject: Subject): Promise<Link | undefined>;
  /** Which links people do not want. */
  refusedLinks(workspace: string, subject: Subject): Promise<ReadonlySet<string>>;
  /** Stores a link that an operator decided, and enqueues the subjects that it concerns. */
  setLink(workspace: string, subject: Subject, token: string, at: number): Promise<void>;
  /** Takes the link away, and remembers that it is not to be made again by itself. */
  dropLink(workspace: string, subject: Subject, token: string, at: number): Promise<void>;
}
