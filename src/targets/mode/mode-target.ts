/** Mode behind provisioning's port. */
import type { Clock } from '../../clock.ts';
import type { Target } from '../../provisioning/target.ts';
import { createClient, type ClientOptions, type Credential } from './client.ts';
import {
  addGroupMember,
  createGroup,
  deleteGroup,
  removeGroupMember,
  renameGroup,
} from './group-operations.ts';
import { invite, removeMember, setAdmin } from './member-operations.ts';
import { createModeApi } from './mode-api.ts';
import { readGroupMembers, readGroups } from './read-groups.ts';
import { memberReader } from './read-members.ts';
import { readOwners } from './read-owners.ts';

/** Mode's limit is not public: start low enough for any, and slow down when told. */
const REQUESTS_PER_SECOND = 10;
const TIMEOUT_MS = 20_000;

export interface ModeTargetOptions {
  readonly baseUrl: string;
  /** The slug, as in the workspace's URL. */
  readonly workspace: string;
  readonly key: Credential;
  readonly inviter?: Credential;
  readonly clock: Clock;
  readonly requestsPerSecond?: number;
  readonly timeoutMs?: number;
  readonly closing?: ClientOptions['closing'];
  readonly mayWrite?: ClientOptions['mayWrite'];
  readonly onCall?: ClientOptions['onCall'];
}

export function openModeTarget(options: ModeTargetOptions): Target {
  const { workspace, key, inviter, clock } = options;
  const { requestsPerSecond = REQUESTS_PER_SECOND, timeoutMs = TIMEOUT_MS } = options;
  const { baseUrl, closing, mayWrite, onCall } = options;
  const client = createClient({
    ...{ baseUrl, clock, requestsPerSecond, timeoutMs },
    ...{ closing, mayWrite, onCall },
  });
  const api = createModeApi(client, workspace, key, inviter);
  const members = memberReader(api);
  return {
    readMembers: (known) => members.read(known),
    findMembers: (missing) => members.find(missing),
    readGroups: () => readGroups(api),
    readGroupMembers: (groupToken) => readGroupMembers(api, groupToken),
    apply: (operation) => {
      switch (operation.type) {
        case 'invite':
          return invite(api, operation);
        case 'remove_member':
          return removeMember(api, operation);
        case 'set_admin':
          return setAdmin(api, operation);
        case 'create_group':
          return createGroup(api, operation.name);
        case 'adopt_group':
          return Promise.resolve({});
        case 'rename_group':
          return renameGroup(api, operation.groupToken, operation.name);
        case 'delete_group':
          return deleteGroup(api, clock, operation);
        case 'add_group_member':
          return addGroupMember(api, operation.groupToken, operation.memberToken);
        case 'remove_group_member':
          return removeGroupMember(api, operation);
      }
    },
    readOwners: () => readOwners(client, inviter === undefined ? [key] : [key, inviter]),
    close: () => client.close(),
  };
}
