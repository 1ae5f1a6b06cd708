/** Changes that are about one person in a group. An index has the same two expressions, so they must never change. */
import { sql } from 'kysely';
import type { Engine } from '../engine/engine.ts';

export const isAboutMember = sql<boolean>`kind in ('group.member_added', 'group.member_removed', 'mode.group_member_added', 'mode.group_member_removed', 'operation.applied', 'operation.refused')`;

/** The id of the user, or the target's token of the account. */
export function memberOfChange(engine: Engine['name']) {
  return engine === 'sqlite'
    ? sql<string | null>`coalesce(data ->> 'userId', data ->> 'memberToken')`
    : sql<string | null>`(coalesce(data::jsonb ->> 'userId', data::jsonb ->> 'memberToken'))`;
}
