/** An operation that the gate holds. It is stored and shown until a person decides or the plan no longer has it. */
import type { Subject } from '../../directory/subject.ts';
import type { OperationType } from '../model/operation.ts';
import type { Reason } from '../reason/reason.ts';
import type { HoldDecision } from './breaker.ts';

export interface NewHold {
  readonly operation: OperationType;
  /** As of `operationKey`. */
  readonly key: string;
  /** The e-mail of the person, or the name of the group. */
  readonly name: string;
  /** Of a removal from a group: the name of the group. */
  readonly group: string | null;
  readonly reason: Reason;
}

/** A hold for operators. */
export interface Hold extends NewHold {
  readonly id: string;
  readonly workspace: string;
  /** The id and the name of the connection whose IdP wants it. */
  readonly connectionId: string;
  readonly connection: string;
  readonly subject: Subject;
  readonly since: number;
  /** Null without a decision. An approval is used up when the operation is sent. */
  readonly decision: HoldDecision | null;
  readonly decidedAt: number | null;
  readonly decidedBy: string | null;
}

/** Selects holds. */
export interface HoldFilter {
  readonly connectionId?: string | undefined;
  readonly ids?: readonly string[];
  /** The e-mail of the person, or the name of the group, in any case. */
  readonly name?: string;
  /** Only holds without a decision. */
  readonly open?: boolean;
}

/** The port to held operations. Each write is atomic, and durable when it resolves. */
export interface HoldStore {
  /** The oldest first. */
  list(workspace: string, filter: HoldFilter & { readonly limit: number }): Promise<readonly Hold[]>;
  /** Stores a decision, and enqueues the subjects. @returns how many of the holds still existed */
  decide(
    workspace: string,
    ids: readonly string[],
    decision: { readonly verdict: HoldDecision; readonly by: string; readonly at: number },
  ): Promise<number>;
  /** The number of holds without a decision, by the name of the connection, for every connection of the workspace. */
  openByConnection(workspace: string): Promise<Readonly<Record<string, number>>>;
}
