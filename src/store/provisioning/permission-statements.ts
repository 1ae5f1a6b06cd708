/** The statements that store observed permissions and activity. */
import type { Activity } from '../../provisioning/model/activity.ts';
import type { Observation } from '../../provisioning/model/observation.ts';
import type { ObservedPermission } from '../../provisioning/model/permission.ts';
import { chunks } from '../engine/chunks.ts';
import type { Engine, Statement } from '../engine/engine.ts';
import type { ObservedPermissionsTable } from '../tables/observed-tables.ts';

/** The permissions of a deleted resource are in `revoked`. */
export function permissionStatements({ db }: Engine, { workspace, permissions }: Observation): Statement[] {
  if (permissions === undefined) return [];
  const { kind, upsert, remove, granted, revoked } = permissions;
  const row = ({ resourceToken, action, accessor }: ObservedPermission): ObservedPermissionsTable => ({
    workspace,
    resource_kind: kind,
    resource_token: resourceToken,
    action,
    accessor_kind: accessor.kind,
    accessor_token: accessor.token,
  });
  const forget = db
    .deleteFrom('observed_resources')
    .where('workspace', '=', workspace)
    .where('kind', '=', kind);
  const statements = [
    ...chunks(remove).map((tokens) => forget.where('token', 'in', tokens)),
    ...chunks(upsert).map((resources) =>
      db
        .insertInto('observed_resources')
        .values(
          resources.map(({ token, name, defaultAccess }) => {
            return { workspace, kind, token, name, default_access: defaultAccess };
          }),
        )
        .onConflict((conflict) =>
          conflict.columns(['workspace', 'kind', 'token']).doUpdateSet((of) => ({
            name: of.ref('excluded.name'),
            default_access: of.ref('excluded.default_access'),
          })),
        ),
    ),
    ...revoked
      .map(row)
      .map((one) =>
        db
          .deleteFrom('observed_permissions')
          .where('workspace', '=', workspace)
          .where('resource_kind', '=', kind)
          .where('resource_token', '=', one.resource_token)
          .where('action', '=', one.action)
          .where('accessor_kind', '=', one.accessor_kind)
          .where('accessor_token', '=', one.accessor_token),
      ),
    ...chunks(granted).map((rows) =>
      db
        .insertInto('observed_permissions')
        .values(rows.map(row))
        .onConflict((conflict) => conflict.doNothing()),
    ),
  ];
  return statements.map((statement) => ({ query: statement.compile() }));
}

export function activityStatements({ db }: Engine, { workspace, activity }: Observation): Statement[] {
  if (activity === undefined) return [];
  const row = ({ accountId, activatedAt, lastActiveAt }: Activity) => ({
    workspace,
    member_token: accountId,
    activated_at: activatedAt,
    last_active_at: lastActiveAt,
  });
  const statements = [
    ...chunks(activity.remove).map((tokens) =>
      db
        .deleteFrom('observed_activity')
        .where('workspace', '=', workspace)
        .where('member_token', 'in', tokens),
    ),
    ...chunks(activity.upsert).map((rows) =>
      db
        .insertInto('observed_activity')
        .values(rows.map(row))
        .onConflict((conflict) =>
          conflict.columns(['workspace', 'member_token']).doUpdateSet((of) => ({
            activated_at: of.ref('excluded.activated_at'),
            last_active_at: of.ref('excluded.last_active_at'),
          })),
        ),
    ),
  ];
  return statements.map((statement) => ({ query: statement.compile() }));
}
