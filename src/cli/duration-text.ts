/** A duration as text. */
const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** Rounded up, because it is a waiting time. */
export function durationText(seconds: number): string {
  if (seconds < MINUTE) return `${Math.ceil(seconds)} s`;
  if (seconds < HOUR) return `${Math.ceil(seconds / MINUTE)} min`;
  return `${(Math.ceil((10 * seconds) / HOUR) / 10).toFixed(1)} h`;
}
