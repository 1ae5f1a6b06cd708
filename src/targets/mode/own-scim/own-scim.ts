/** Mode's own SCIM endpoint, for customers with its URL and token. It can do things that the REST API cannot. */
import { createOwnGroups, type OwnGroups } from './own-groups.ts';
import { createOwnPeople, type OwnPeople } from './own-people.ts';
import { createScimServer, type ScimServerOptions } from './scim-server.ts';

export interface OwnScim {
  readonly people: OwnPeople;
  readonly groups: OwnGroups;
  /** @throws TargetError forbidden when the token is not accepted */
  check(): Promise<void>;
  close(): Promise<void>;
}

export function openOwnScim(options: ScimServerOptions): OwnScim {
  const server = createScimServer(options);
  const people = createOwnPeople(server, options.clock);
  return { people, groups: createOwnGroups(server, people), check: server.check, close: server.close };
}
