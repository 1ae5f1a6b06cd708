/** Provisioning's port to stored permissions, and to when people were last active. */
import type { Activity } from '../model/activity.ts';
import type { Permissions, ResourceKind } from '../model/permission.ts';

export interface PermissionStore {
  permissions(workspace: string, kind: ResourceKind): Promise<Permissions>;
  activity(workspace: string): Promise<readonly Activity[]>;
}
