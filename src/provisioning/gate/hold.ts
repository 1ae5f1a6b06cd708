/** An operation that the gate holds: durable, and visible to people, until they decide or nobody wants it any more. */
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

/** As operators see it. */
export interface Hold extends NewHold {
  readonly id: string;
  readonly workspace: string;
  /** The connection whose IdP wants it: its id, and its name. */
  readonly connectionId: string;
  readonly connection: string;
  readonly subject: Subject;
  readonly since: number;
  /** Null: nobody has decided. An approval is used up when the operation is sent. */
  readonly decision: HoldDecision | null;
  readonly decidedAt: number | null;
  readonly decidedBy: string | null;
}

/** Which holds are meant. */
export interface HoldFilter {
  readonly connectionId?: string | undefined;
  readonly ids?: readonly string[];
  /** The e-mail of the person, or the name of the group, without regard to case. */
  readonly name?: string;
  /** Only those about which nobody has decided. */
  readonly open?: boolean;
}

/** The port to held operations. Each write is atomic, and durable when it resolves. */
export interface HoldStore {
  /** The oldest first. */
  list(workspace: string, filter: HoldFilter & { readonly limit: number }): Promise<readonly Hold[]>;
  /**
   * Writes down what a person decided, and has the subjects looked at again at once.
   * @returns how many there still were
   */
  decide(
    workspace: string,
    ids: readonly string[],
    decision: { readonly verdict: HoldDecision; readonly by: string; readonly at: number },
  ): Promise<number>;
  /** How many are undecided, by the name of the connection; every connection of the workspace is there. */
  openByConnection(workspace: string): Promise<Readonly<Record<string, number>>>;
}
