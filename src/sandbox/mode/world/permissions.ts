/** Permissions of one collection or data source of the simulated workspace. */
import { notFound, unprocessable } from '../api/api-error.ts';
import type { NewToken } from './new-token.ts';

export type AccessorType = 'Account' | 'UserGroup';

/** The person or group that has a permission. */
export interface Accessor {
  readonly accessorType: AccessorType;
  readonly accessorToken: string;
}

export interface Permission extends Accessor {
  readonly token: string;
  action: string;
}

export interface Permissions {
  all(): readonly Permission[];
  /** @throws ApiError 404 */
  get(token: string): Permission;
  ofAccessor(accessorToken: string): Permission | undefined;
  /** @throws ApiError 422 when the accessor already has a permission */
  add(action: string, accessor: Accessor): Permission;
  remove(permission: Permission): void;
}

export function createPermissions(newToken: NewToken): Permissions {
  const permissions = new Map<string, Permission>();
  const ofAccessor = (accessorToken: string) =>
    [...permissions.values()].find((each) => each.accessorToken === accessorToken);
  return {
    all: () => [...permissions.values()],
    get: (token) => {
      const permission = permissions.get(token);
      if (permission === undefined) throw notFound('Permission');
      return permission;
    },
    ofAccessor,
    add: (action, { accessorType, accessorToken }) => {
      if (ofAccessor(accessorToken) !== undefined)
        throw unprocessable('accessor', 'has a permission already');
      const permission = { token: newToken(), action, accessorType, accessorToken };
      permissions.set(permission.token, permission);
      return permission;
    },
    remove: (permission) => {
      permissions.delete(permission.token);
    },
  };
}
