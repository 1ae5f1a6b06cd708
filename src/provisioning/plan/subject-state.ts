/** Everything that is known about one subject when it is planned. The store assembles it; nothing asks the target. */
import type { ConnectionState } from '../../directory/access/connection.ts';
import type { GroupState } from './plan-group.ts';
import type { UserState } from './plan-user.ts';

export type SubjectState = { readonly connection: ConnectionState } & (
  { readonly kind: 'user'; readonly user: UserState } | { readonly kind: 'group'; readonly group: GroupState }
);
