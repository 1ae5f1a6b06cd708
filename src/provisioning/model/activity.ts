/** When somebody did something on Mode. Milliseconds since the epoch; null where Mode does not say. */
export interface Activity {
  /** The account on Mode. */
  readonly memberToken: string;
  readonly activatedAt: number | null;
  readonly lastActiveAt: number | null;
}
