/**
 * Whether the workspace has a seat for another person, as its own record says. That Mode refuses invites then is not
 * documented, so a refusal is put down to it only when the record says that the limit is reached.
 */
import type { Clock } from '../../../clock.ts';
import { TargetError, type Seats } from '../../../provisioning/ports/target.ts';
import { fieldsOf, isTrue } from '../mode-json.ts';
import { unlessRefused } from './unless-refused.ts';
import type { WorkspaceRoot } from '../workspace-root.ts';

/** After a refused invite, the record is read again when it is older. */
const STANDS_MS = 60_000;

export interface ModeSeats extends Seats {
  /** @returns whether it is for want of a seat that Mode refused an invite. @throws TargetError when Mode fails */
  explain(refusal: TargetError): Promise<boolean>;
}

export function createSeats(root: WorkspaceRoot, clock: Clock): ModeSeats {
  let full = false;
  let readAt = -Infinity;

  async function read(): Promise<boolean> {
    root.forget();
    const record = fieldsOf(await root.read());
    full = isTrue(record['seat_limit_reached']) || isTrue(record['org_seat_limit_reached']);
    readAt = clock.monotonic();
    return full;
  }

  return {
    get full() {
      return full;
    },
    read,
    explain: async ({ kind }) => {
      if (kind !== 'refused' && kind !== 'forbidden') return false;
      if (clock.monotonic() - readAt < STANDS_MS) return full;
      return (await unlessRefused(read())) === true;
    },
  };
}
