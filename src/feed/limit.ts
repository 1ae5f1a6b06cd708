/** So many at once, and no more: who comes then is told to come again. */
import { BridgeError } from '../errors.ts';

export interface Limit {
  /** @returns what gives the place back, once @throws BridgeError rate_limited */
  enter(): () => void;
}

/** @param what is limited, for the message */
export function createLimit(places: number, what: string): Limit {
  let taken = 0;
  return {
    enter: () => {
      if (taken >= places) {
        throw new BridgeError('rate_limited', `There are ${places} ${what} already: try again in a moment.`);
      }
      taken += 1;
      let left = false;
      return () => {
        if (!left) taken -= 1;
        left = true;
      };
    },
  };
}
