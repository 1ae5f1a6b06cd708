/** The dependencies of the SCIM routes and operations. */
import type { Clock } from '../clock.ts';
import type { Groups } from '../directory/group/groups.ts';
import type { ViewStore } from '../directory/view.ts';
import type { Users } from '../directory/user/users.ts';
import type { UserReadOptions } from './codec/read-user.ts';
import type { Profiles } from './profile/profiles.ts';

export interface ScimContext {
  readonly users: Users;
  readonly groups: Groups;
  readonly views: ViewStore;
  readonly clock: Clock;
  readonly profiles: Profiles;
  /** How users of a workspace are read. */
  readonly readOptionsOf: (workspace: string) => UserReadOptions;
}
