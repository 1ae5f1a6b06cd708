/** Everything that is known about one subject when it is planned. The store assembles it; nothing asks the target. */
import type { ConnectionState } from '../../directory/access/connection.ts';
import type { GroupState } from './plan-group.ts';
import type { UserState } from './plan-user.ts';

export type SubjectState = SubjectOwner &
  (
    | { readonly kind: 'user'; readonly user: UserState }
    | { readonly kind: 'group'; readonly group: GroupState }
  );

interface SubjectOwner {
  /** Of the connection that owns the subject; `live` when nobody owns it. */
  readonly connection: ConnectionState;
  /** The connection that owns the subject; absent when nobody owns it. */
  readonly owner?: { readonly id: string; readonly name: string } | undefined;
  /** Whether anything of the subject is remembered as held, or as sent and not accepted. */
  readonly hasRemovals?: boolean;
}
