/** A user or group to reconcile with a target. Every directory write names the subjects that it changed. */
export interface Subject {
  readonly kind: 'user' | 'group';
  readonly id: string;
}
