/** The implementation of provisioning's `Target` port for Mode. */
import { createHash } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import { createCapabilityBook, type CapabilityStore } from '../../provisioning/capability/capability-book.ts';
import type { Operation } from '../../provisioning/model/operation.ts';
import type { Applied, MemberChanges, Target } from '../../provisioning/ports/target.ts';
import { createCallPriorities, priorityOf } from './client/call-priority.ts';
import { createClient, type ClientOptions, type Credential } from './client/client.ts';
import { createDiscovery } from './discovery.ts';
import { createGroupOperations } from './writes/group-operations.ts';
import { createMemberOperations } from './writes/member-operations.ts';
import { createMemberships } from './reads/memberships.ts';
import { createModeApi } from './mode-api.ts';
import { modeRoutes, ROUTE, requiredRead } from './mode-routes.ts';
import { openOwnScim } from './own-scim/own-scim.ts';
import { createWebLinks } from './client/web-links.ts';
import { probe } from './probe.ts';
import { readGroupMembers, readGroups } from './reads/read-groups.ts';
import { createMemberChanges } from './writes/member-changes.ts';
import { createMemberReads } from './reads/read-members.ts';
import { createOwnerReads } from './reads/read-owners.ts';
import { readPermissions } from './reads/read-permissions.ts';
import { createSeats } from './reads/seats.ts';
import { createWorkspaceRoot } from './workspace-root.ts';
import type { Random } from '../../random.ts';

/** Mode's help page: 40 requests in 10 seconds for each username. */
export const REQUESTS_PER_SECOND = 4;
const TIMEOUT_MS = 20_000;

export interface ModeTargetOptions {
  readonly baseUrl: string;
  /** The slug, as in the workspace's URL. */
  readonly workspace: string;
  readonly key: Credential;
  readonly inviter?: Credential;
  /** Mode's own SCIM endpoint, for customers who have it. */
  readonly ownScim?: { readonly url: string; readonly token: string };
  /** Stores what the bridge learned about routes. Default: not stored. */
  readonly capabilities?: CapabilityStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly requestsPerSecond?: number;
  readonly timeoutMs?: number;
  readonly closing?: ClientOptions['closing'];
  readonly mayWrite?: ClientOptions['mayWrite'];
  readonly onCall?: ClientOptions['onCall'];
}

/** Its name for people. */
export const MODE = 'Mode';

export function openModeTarget(options: ModeTargetOptions): Target {
  const { workspace, key, inviter, clock, random, baseUrl } = options;
  const { requestsPerSecond = REQUESTS_PER_SECOND, timeoutMs = TIMEOUT_MS } = options;
  const { closing, mayWrite, onCall } = options;
  const priorities = createCallPriorities();
  const limits = { clock, requestsPerSecond, priorities, timeoutMs, closing, mayWrite, onCall };
  const client = createClient({ baseUrl, ...limits });
  const ownScim = options.ownScim === undefined ? undefined : openOwnScim({ ...options.ownScim, ...limits });
  const ownsManaged = ownScim !== undefined;
  const book = createCapabilityBook({
    workspace,
    clock,
    ownsManaged,
    declared: modeRoutes({ inviter: inviter !== undefined, ownScim: ownsManaged }),
    fingerprint: fingerprintOf(options),
    store: options.capabilities,
  });
  const api = createModeApi({ client, clock, workspace, key, inviter });
  const root = createWorkspaceRoot(api, clock);
  const reads = createMemberReads(api, root, book, clock);
  const discovery = createDiscovery(client, api, book, clock);
  const memberships = createMemberships(reads, discovery, clock);
  const seats = createSeats(root, clock);
  const members = createMemberOperations({ api, book, memberships, reads, seats, ownScim, clock });
  const { emailOf } = reads;
  const groups = createGroupOperations({ api, book, ownGroups: ownScim?.groups, emailOf, clock, random });

  function apply(operation: Operation): Promise<Applied> {
    switch (operation.type) {
      case 'invite':
        return members.invite(operation);
      case 'remove_member':
        return members.remove(operation);
      case 'set_admin':
        return members.setAdmin(operation);
      case 'update_profile':
        return members.updateProfile(operation);
      case 'create_group':
        return groups.create(operation);
      case 'adopt_group':
        return Promise.resolve({});
      case 'rename_group':
        return groups.rename(operation);
      case 'delete_group':
        return groups.remove(operation);
      case 'add_group_member':
        return groups.addMember(operation);
      case 'remove_group_member':
        return groups.removeMember(operation);
    }
  }

  const withGroupPriority = ({ atOnce, apply: change }: MemberChanges): MemberChanges => {
    return { atOnce, apply: (wanted) => priorities.run('group', () => change(wanted)) };
  };

  return {
    label: MODE,
    capabilities: book,
    probe: () => probe({ api, root, reads, book, ownScim, clock }),
    pageFor: createWebLinks({ api, root, memberships, baseUrl }),
    readMembers: reads.members,
    findMembers: reads.find,
    readGroups: requiredRead(
      book,
      { capability: 'groups', route: ROUTE.main },
      () => readGroups(api, { ownsManaged }),
      api.judge,
    ),
    readGroupMembers: (targetGroupId) => readGroupMembers(api, targetGroupId),
    readPermissions: (kind) => priorities.run('feed', () => readPermissions(api, kind)),
    readActivity: () => priorities.run('feed', discovery.activity),
    seats,
    ...(ownScim === undefined
      ? {}
      : { changeMembers: withGroupPriority(createMemberChanges({ api, book, ownScim, emailOf, clock })) }),
    get callsPerSecond() {
      return api.perSecond;
    },
    apply: (operation) => priorities.run(priorityOf(operation), () => apply(operation)),
    readOwners: createOwnerReads(api),
    close: async () => {
      await Promise.all([client.close(), ownScim?.close()]);
    },
  };
}

/** Identifies the settings that decide which routes work. Uses the tokens of keys, never their secrets. */
function fingerprintOf({ baseUrl, workspace, key, inviter, ownScim }: ModeTargetOptions): string {
  const parts = [baseUrl, workspace, key.token, inviter?.token ?? null, ownScim?.url ?? null];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
