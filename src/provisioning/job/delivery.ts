/** How far the bridge is with one subject. */
export type DeliveryState =
  /** Something is still to be done. */
  | 'pending'
  /** Mode has accepted everything. */
  | 'applied'
  /** A later read of Mode shows it. */
  | 'verified'
  /** Nothing can be done until somebody changes something; the reason says what. */
  | 'blocked';

export interface Delivery {
  readonly state: DeliveryState;
  readonly reason: string | null;
}
