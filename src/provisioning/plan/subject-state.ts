/** Everything that is known about one subject for a plan. The store assembles it without asking the target. */
import type { ConnectionState } from '../../directory/access/connection.ts';
import type { GroupState } from './plan-group.ts';
import type { UserState } from './plan-user.ts';

export type SubjectState = SubjectOwner &
  (
    | { readonly kind: 'user'; readonly user: UserState }
    | { readonly kind: 'group'; readonly group: GroupState }
  );

interface SubjectOwner {
  /** The state of the connection that owns the subject; `live` without an owner. */
  readonly connection: ConnectionState;
  /** The connection that owns the subject; absent without an owner. */
  readonly owner?: { readonly id: string; readonly name: string } | undefined;
  /** Whether the store has holds or unaccepted removals of the subject. */
  readonly hasRemovals?: boolean;
}
