/** One thing to make right on a target. Every directory write names the subjects that it touched. */
export interface Subject {
  readonly kind: 'user' | 'group';
  readonly id: string;
}
