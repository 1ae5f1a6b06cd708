/** The calls of one workspace, with the right credential. */
import type { Client, Credential } from './client.ts';

export interface ModeApi {
  readonly workspace: string;
  /** True when invites have a key of their own. */
  readonly hasInviter: boolean;
  get(path: string): Promise<unknown>;
  write(method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<unknown>;
  invite(body: object): Promise<unknown>;
  groupPath(groupToken: string, rest?: string): string;
}

/** @param inviter the member key of an admin: Mode takes no invites from a workspace key */
export function createModeApi(
  client: Client,
  workspace: string,
  key: Credential,
  inviter: Credential | undefined,
): ModeApi {
  const withBody = (body: object | undefined) => (body === undefined ? {} : { body });
  return {
    workspace,
    hasInviter: inviter !== undefined,
    get: (path) => client.call({ method: 'GET', path, credential: key }),
    write: (method, path, body) => client.call({ method, path, credential: key, ...withBody(body) }),
    invite: (body) =>
      client.call({ method: 'POST', path: `/api/${workspace}/invites`, credential: inviter ?? key, body }),
    groupPath: (groupToken, rest = '') => `/api/${workspace}/groups/${encodeURIComponent(groupToken)}${rest}`,
  };
}
