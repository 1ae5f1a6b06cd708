/** Collections and data sources of the simulated workspace: the resources that people and groups get access to. */
import { notFound } from '../api/api-error.ts';
import type { NewToken } from './new-token.ts';
import { createPermissions, type Permissions } from './permissions.ts';

/** Called "collection" in Mode's UI and "space" in its API. */
export interface Space {
  readonly token: string;
  readonly id: string;
  name: string;
  description: string;
  readonly spaceType: 'private' | 'community' | 'custom';
  defaultAccessLevel: 'view' | 'edit' | 'none' | 'restricted';
  readonly permissions: Permissions;
}

export interface DataSource {
  readonly token: string;
  readonly id: string;
  readonly name: string;
  readonly adapter: string;
  /** Deleted data sources stay in the list with this flag. */
  softDeleted: boolean;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly permissions: Permissions;
}

export interface Resources<T extends { readonly token: string; readonly name: string }> {
  all(): readonly T[];
  /** @throws ApiError 404 */
  get(token: string): T;
  add(given: Partial<Omit<T, 'id' | 'permissions'>> & { readonly name: string }): T;
  remove(resource: T): void;
  /** Whether a resource with this token was deleted. */
  wasDeleted(token: string): boolean;
}

function createResources<T extends { readonly token: string; readonly name: string }>(
  what: string,
  make: (id: string) => Omit<T, 'name'>,
): Resources<T> {
  const resources = new Map<string, T>();
  const deleted = new Set<string>();
  let lastId = 9000;
  return {
    all: () => [...resources.values()],
    get: (token) => {
      const found = resources.get(token);
      if (found === undefined) throw notFound(what);
      return found;
    },
    add: (given) => {
      lastId += 1;
      // `make` returns everything except the name, which `given` has.
      const resource = { ...make(String(lastId)), ...given } as unknown as T;
      resources.set(resource.token, resource);
      return resource;
    },
    remove: ({ token }) => {
      resources.delete(token);
      deleted.add(token);
    },
    wasDeleted: (token) => deleted.has(token),
  };
}

export function createSpaces(newToken: NewToken): Resources<Space> {
  return createResources<Space>('Space', (id) => ({
    token: newToken(),
    id,
    description: '',
    spaceType: 'custom',
    defaultAccessLevel: 'view',
    permissions: createPermissions(newToken),
  }));
}

export function createDataSources(now: () => number, newToken: NewToken): Resources<DataSource> {
  return createResources<DataSource>('data source', (id) => ({
    token: newToken(),
    id,
    adapter: 'jdbc:postgresql',
    softDeleted: false,
    createdAt: now(),
    permissions: createPermissions(newToken),
  }));
}
