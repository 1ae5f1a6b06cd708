/**
 * Whether the workspace has a free seat, from its own record. It is undocumented that Mode refuses invites without a seat.
 * A refusal counts as "no seat" only when the record shows that the limit is reached.
 */
import type { Clock } from '../../../clock.ts';
import { TargetError, type Seats } from '../../../provisioning/ports/target.ts';
import { fieldsOf, isTrue } from '../mode-json.ts';
import { unlessRefused } from './unless-refused.ts';
import type { WorkspaceRoot } from '../workspace-root.ts';

/** After a refused invite, the record is read again when it is older than this. */
const TTL_MS = 60_000;

export interface ModeSeats extends Seats {
  /** @returns whether Mode refused an invite because no seat is free @throws TargetError when the read fails */
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
      if (clock.monotonic() - readAt < TTL_MS) return full;
      return (await unlessRefused(read())) === true;
    },
  };
}
