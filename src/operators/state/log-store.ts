/** The port to the change log from its beginning. Reads only. */
import type { Change } from '../../directory/change.ts';

export interface LogStore {
  /** When the first change of the workspace was written; undefined when there is none. Milliseconds since the epoch. */
  logBegin(workspace: string): Promise<number | undefined>;
  /** The position of the last change that was written until then; 0 when there is none. */
  positionAt(workspace: string, at: number): Promise<number>;
  /** Changes of users, groups and what the target has of them, in order, after one position and up to another. */
  changesUpTo(
    workspace: string,
    range: { readonly after: number; readonly upTo: number; readonly limit: number },
  ): Promise<readonly Change[]>;
}
