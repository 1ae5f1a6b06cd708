import type { Reason } from '../reason/reason.ts';

/** The progress of one subject. */
export type DeliveryState =
  /** Work is left. */
  | 'pending'
  /** The target has accepted everything. */
  | 'applied'
  /** A later read of the target shows it. */
  | 'verified'
  /** The bridge holds it until a person decides, such as while the connection is paused. */
  | 'held'
  /** Nothing can be done until somebody changes something; the reasons say what. */
  | 'blocked';

export interface Delivery {
  readonly state: DeliveryState;
  readonly reasons: readonly Reason[];
}
