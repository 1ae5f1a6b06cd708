/** When somebody did something on the target. Milliseconds since the epoch; null where the target does not say. */
export interface Activity {
  /** The account on the target. */
  readonly accountId: string;
  readonly activatedAt: number | null;
  readonly lastActiveAt: number | null;
}
