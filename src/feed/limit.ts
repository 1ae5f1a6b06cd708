/** Limits concurrency. Calls above the limit are rejected, not queued. */
import { BridgeError } from '../errors.ts';

export interface Limit {
  /** @returns a function that frees the slot; a second call does nothing @throws BridgeError rate_limited */
  enter(): () => void;
}

/** @param what the name of what is limited, for the error message */
export function createLimit(slots: number, what: string): Limit {
  let taken = 0;
  return {
    enter: () => {
      if (taken >= slots) {
        throw new BridgeError(
          'rate_limited',
          `The limit of ${slots} ${what} is reached. Try again in a moment.`,
        );
      }
      taken += 1;
      let freed = false;
      return () => {
        if (!freed) taken -= 1;
        freed = true;
      };
    },
  };
}
