/** The observed permissions and activity of people on the target. */
import type { PermissionStore } from '../../provisioning/ports/permission-store.ts';
import type { Engine } from '../engine/engine.ts';

export function permissionReads({ db }: Engine): PermissionStore {
  return {
    permissions: async (workspace, kind) => {
      const resources = await db
        .selectFrom('observed_resources')
        .select(['token', 'name', 'default_access'])
        .where('workspace', '=', workspace)
        .where('kind', '=', kind)
        .execute();
      const permissions = await db
        .selectFrom('observed_permissions')
        .select(['resource_token', 'action', 'accessor_kind', 'accessor_token'])
        .where('workspace', '=', workspace)
        .where('resource_kind', '=', kind)
        .execute();
      return {
        resources: resources.map((row) => {
          return { token: row.token, name: row.name, defaultAccess: row.default_access };
        }),
        permissions: permissions.map((row) => ({
          resourceToken: row.resource_token,
          action: row.action,
          accessor: { kind: row.accessor_kind === 'group' ? 'group' : 'account', token: row.accessor_token },
        })),
      };
    },

    activity: async (workspace) => {
      const rows = await db
        .selectFrom('observed_activity')
        .selectAll()
        .where('workspace', '=', workspace)
        .execute();
      return rows.map((row) => ({
        accountId: row.member_token,
        activatedAt: row.activated_at,
        lastActiveAt: row.last_active_at,
      }));
    },
  };
}
