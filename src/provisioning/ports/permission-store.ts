/** Provisioning's port to what resources of Mode allow whom, and when people were last active on it. */
import type { Activity } from '../model/activity.ts';
import type { Permissions, ResourceKind } from '../model/permission.ts';

export interface PermissionStore {
  permissions(workspace: string, kind: ResourceKind): Promise<Permissions>;
  activity(workspace: string): Promise<readonly Activity[]>;
}
