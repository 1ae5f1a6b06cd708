/** What the SCIM routes work with. */
import type { FastifyRequest } from 'fastify';
import type { Connection } from '../directory/connection.ts';
import type { DirectoryStore } from '../directory/directory-store.ts';
import type { Groups } from '../directory/groups.ts';
import type { Users } from '../directory/users.ts';

export interface ScimContext {
  readonly users: Users;
  readonly groups: Groups;
  readonly groupsOf: DirectoryStore['groupsOf'];
  /** The connection that the request's token stands for. */
  readonly connectionOf: (request: FastifyRequest) => Connection;
  /** The base URL under which the client sees the service. */
  readonly baseOf: (request: FastifyRequest) => string;
}
