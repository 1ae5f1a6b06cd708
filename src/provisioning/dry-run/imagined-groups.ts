/** The groups of a workspace as they would be after the steps of a plan. It starts as the store knows them. */
import type { ObservedGroup } from '../model/observed.ts';
import type { Operation } from '../model/operation.ts';
import type { GroupState } from '../plan/plan-group.ts';
import type { DryRunGroup, DryRunGroups } from './dry-run-facts.ts';

export interface ImaginedGroups {
  readonly all: readonly DryRunGroup[];
  /** Without members. */
  stateOf(group: DryRunGroup): GroupState;
  apply(operation: Operation, group: DryRunGroup): void;
  link(group: DryRunGroup, token: string | null): void;
  /** The target's group that the group is linked to; undefined when there is none. */
  linkedTo(group: DryRunGroup): ObservedGroup | undefined;
  /** The same as a token; null, too, for a group that the plan creates. */
  tokenOnTarget(group: DryRunGroup): string | null;
}

const NEW = 'new:';

export function imagineGroups({ groups, onTarget }: DryRunGroups): ImaginedGroups {
  const byToken = new Map(onTarget.map((group) => [group.token, group]));
  const tokensByName = new Map<string, Set<string>>();
  for (const group of onTarget) addName(group);
  const links = new Map(groups.map(({ id, targetGroupId }) => [id, targetGroupId]));
  const holders = new Map(
    groups.flatMap(({ id, targetGroupId }) => (targetGroupId === null ? [] : [[targetGroupId, id] as const])),
  );
  const byName = Map.groupBy(
    groups.filter(({ wanted }) => wanted),
    ({ nameKey }) => nameKey,
  );

  function addName({ name, token }: ObservedGroup): void {
    const tokens = tokensByName.get(name);
    if (tokens === undefined) tokensByName.set(name, new Set([token]));
    else tokens.add(token);
  }

  function put(group: ObservedGroup): void {
    remove(group.token);
    byToken.set(group.token, group);
    addName(group);
  }

  function remove(token: string): void {
    tokensByName.get(byToken.get(token)?.name ?? '')?.delete(token);
    byToken.delete(token);
  }

  function link({ id }: DryRunGroup, token: string | null): void {
    const before = links.get(id);
    if (before != null && holders.get(before) === id) holders.delete(before);
    links.set(id, token);
    if (token === null) return;
    // One group of the target is one group of the directory.
    const holder = holders.get(token);
    if (holder !== undefined && holder !== id) links.set(holder, null);
    holders.set(token, id);
  }

  const linkedTo = ({ id }: DryRunGroup) => byToken.get(links.get(id) ?? '');

  return {
    all: groups,
    link,
    linkedTo,
    tokenOnTarget: (group) => {
      const token = linkedTo(group)?.token ?? null;
      return token?.startsWith(NEW) === true ? null : token;
    },

    stateOf: (group) => {
      const other = byName.get(group.nameKey)?.find(({ id }) => id !== group.id);
      return {
        desired: {
          id: group.id,
          owned: true,
          wanted: group.wanted,
          name: group.name,
          targetGroupId: links.get(group.id) ?? null,
          members: [],
          conflictingGroup: other === undefined ? null : { displayName: other.name },
        },
        linked: linkedTo(group),
        named: [...(tokensByName.get(group.name) ?? [])].flatMap((token) => byToken.get(token) ?? []),
        members: [],
        membersReadAt: null,
        stillListed: false,
        refusedLinks: group.refused,
      };
    },

    apply: (operation, group) => {
      const { id } = group;
      if (operation.type === 'create_group') {
        put({ token: `${NEW}${id}`, name: operation.name, writable: true, writtenAt: null });
        link(group, `${NEW}${id}`);
      } else if (operation.type === 'adopt_group') link(group, operation.targetGroupId);
      else if (operation.type === 'delete_group') remove(operation.targetGroupId);
      else if (operation.type === 'rename_group') {
        const before = byToken.get(operation.targetGroupId);
        if (before !== undefined) put({ ...before, name: operation.name });
      }
    },
  };
}
