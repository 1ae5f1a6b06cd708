/** The audit log of the simulated workspace, in the format of Mode's. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../../clock.ts';
import type { Member } from './member.ts';

const MAX_ENTRIES = 10_000;
const SLACK = 1_000;

export interface Actor {
  readonly ip: string;
  readonly user_agent: string;
  readonly user_id: string;
  readonly username: string;
}

export interface Entity {
  readonly entity_name: string;
  readonly entity_type: string;
  readonly entity_id: string;
}

export interface AuditEntry {
  readonly id: string;
  readonly action: string;
  readonly description: string;
  readonly context: Readonly<Record<string, string>>;
  readonly actor: Actor;
  readonly entity: Entity;
  readonly event_source: 'api' | 'web';
  /** ISO 8601. */
  readonly timestamp: string;
  readonly workspace_username: string;
}

export interface AuditLog {
  /** Action names are made up, except for the one that Mode has published. */
  add(
    by: { readonly actor: Actor; readonly source: AuditEntry['event_source'] },
    action: string,
    entity: Entity,
    context?: AuditEntry['context'],
  ): void;
  /** Oldest first. Only the newest MAX_ENTRIES are kept. */
  entries(): readonly AuditEntry[];
}

export function createAuditLog(slug: string, clock: Clock): AuditLog {
  let entries: AuditEntry[] = [];
  return {
    add: ({ actor, source }, action, entity, context = {}) => {
      entries.push({
        id: randomUUID(),
        action,
        description: `${action.replaceAll('_', ' ')}: ${entity.entity_name}`,
        context,
        actor,
        entity,
        event_source: source,
        timestamp: new Date(clock.now()).toISOString(),
        workspace_username: slug,
      });
      if (entries.length > MAX_ENTRIES + SLACK) entries = entries.slice(-MAX_ENTRIES);
    },
    entries: () => entries.slice(-MAX_ENTRIES),
  };
}

export function memberEntity({ email, membershipToken }: Member): Entity {
  return { entity_name: email, entity_type: 'membership', entity_id: membershipToken };
}

export function groupEntity({ name, token }: { readonly name: string; readonly token: string }): Entity {
  return { entity_name: name, entity_type: 'user_group', entity_id: token };
}
