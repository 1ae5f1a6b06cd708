/**
 * What an explanation consists of: for the workspace, the admin role and each group, the chain of events that led to
 * the current state.
 */
import type { LoggedRequest } from '../../directory/requests/logged-request.ts';
import type { DeliveryState } from '../../provisioning/job/delivery.ts';
import type { MemberState } from '../../provisioning/model/observed.ts';
import type { ReasonCode } from '../../provisioning/reason/reasons.ts';
import type { OpenTask } from './explain-store.ts';

/** The request behind a change. Everything except the id is null when the request log has deleted it. */
export interface RequestFacts {
  readonly id: string;
  readonly at: number | null;
  readonly method: string | null;
  readonly route: string | null;
  readonly status: number | null;
  /** The name of the connection, or its id when it was removed. */
  readonly connection: string | null;
}

export const STEPS = ['request', 'undo', 'match', 'operation', 'read', 'delivery'] as const;

export interface ChainLink {
  /** The position in the change log. */
  readonly position: number;
  readonly at: number;
  /**
   * The source: the IdP, the matching rule, an operation of the bridge, a read of the target, or a conclusion of the
   * bridge.
   */
  readonly step: (typeof STEPS)[number];
  readonly text: string;
  readonly request: RequestFacts | null;
  /** What it removed. */
  readonly ends?: 'access' | 'membership' | 'ownership';
}

/** Codes of explanations, in addition to the reasons that the bridge stores. */
export const OWN_CODES = [
  /** It is as the IdP wants. */
  'as_wanted',
  /** The bridge has changed it, and no read of the target has shown that yet. */
  'not_read_back',
  'not_pushed',
  'released',
  'never_active',
  'withdrawn',
  'held',
  /** A person has to do it. */
  'task',
  'connection_not_live',
  'mode_fails',
  'in_progress',
  'drift_reported',
  'changed_in_mode',
  'not_looked_at',
  'role_not_named',
  'person_not_wanted',
  'waits_for_account',
  'group_not_pushed',
  'group_deleted',
  'no_such_group',
  'never_in_group',
] as const;

export interface Why {
  readonly code: (typeof OWN_CODES)[number] | ReasonCode;
  readonly text: string;
  /** What ends it, and who can do it; null: nothing has to end. */
  readonly next: string | null;
  /** The step that a person has to do, as `tasks list` shows it. */
  readonly task?: OpenTask;
}

export interface Part {
  /** What the IdP wants; null when it has not said anything. */
  readonly wanted: boolean | null;
  /** Whether the target has it, as far as the bridge knows. */
  readonly has: boolean;
  /** When a read of the target showed that, and which list; null: no read has. */
  readonly readAt: number | null;
  readonly how: string | null;
  readonly delivery: DeliveryState | null;
  readonly why: readonly Why[];
  /** The oldest first. */
  readonly chain: readonly ChainLink[];
  /** There are older links than these. */
  readonly isCut: boolean;
}

export interface GroupPart extends Part {
  /** The bridge's id; null: only the target has the group. */
  readonly id: string | null;
  readonly name: string;
}

export interface Explanation {
  readonly workspace: string;
  /** Null: the directory has nobody of that name. */
  readonly person: {
    readonly id: string;
    readonly userName: string;
    readonly email: string | null;
    readonly fullName: string | null;
    /** The name of the connection that owns them; null: none does. */
    readonly connection: string | null;
    readonly deletedAt: number | null;
  } | null;
  /** What the target has; null: nobody. */
  readonly account: {
    readonly token: string | null;
    readonly name: string | null;
    readonly email: string | null;
    readonly state: MemberState;
    readonly admin: boolean;
    /** Why it is the account of this person. */
    readonly match: string;
  } | null;
  readonly access: Part;
  readonly role: Part;
  readonly groups: readonly GroupPart[];
  /** There are more groups than these. */
  readonly hasMoreGroups: boolean;
}

export type RequestsById = ReadonlyMap<string, LoggedRequest>;
