/** Jobs for the target, their progress, and what the bridge learned from them. */
import type { Generated } from 'kysely';
import type { Flag } from './flag.ts';

export interface JobsTable {
  workspace: string;
  kind: string;
  subject_id: string;
  run_at: number;
  attempts: number;
  verifying: Flag;
  /** 0: removes access, and goes before all others; 1: everything else. */
  precedence: 0 | 1;
  /** Increases when the job is enqueued again. A job whose number changed during its run is not done. */
  generation: number;
  claimed_generation: number | null;
  lease: string | null;
  /** The fence of the holder that claimed it. A later holder takes it over. */
  fence: number | null;
  /** Lists must have been read at or after this instant before anything is planned. */
  look_after: number | null;
  /** When the last change was applied that no read has shown yet. */
  applied_at: number | null;
  parked: Flag;
  reason: string | null;
}

export interface DeliveriesTable {
  workspace: string;
  kind: string;
  subject_id: string;
  state: string;
  reason: string | null;
  updated_at: number;
}

export interface LinksTable {
  workspace: string;
  kind: string;
  subject_id: string;
  token: string;
  /** `auto`, `invited` or `operator`; see `Link`. */
  origin: Generated<string>;
}

/** A dropped link, which is not made again automatically. */
export interface RefusedLinksTable {
  workspace: string;
  kind: string;
  subject_id: string;
  token: string;
  at: number;
}

/** The holder of a workspace's lease, and the end of the lease. The fence increases with every new holder. */
export interface WorkspaceLeasesTable {
  workspace: string;
  holder: string;
  fence: number;
  until: number;
  /**
   * The total time that bridges have worked for the workspace. It never decreases, and stands still while no bridge
   * works.
   */
  worked_ms: Generated<number>;
}

/** The newest invite of an address, and how often it was sent. */
export interface InvitesTable {
  workspace: string;
  email_key: string;
  email: string;
  state: string;
  sends: number;
  first_sent_at: number;
  sent_at: number;
  expires_at: number | null;
  reason: string | null;
  updated_at: number;
  /** The user of the last invite; null when a person sent it on the target. */
  user_id: string | null;
}

/** The last write that the target accepted for each member, group and group member. */
export interface LastWrittenTable {
  workspace: string;
  list: string;
  token: string;
  value: string;
  written_at: number;
  /** When a read first showed it. */
  confirmed_at: number | null;
}

/** Has a row during an outage of the target. */
export interface OutagesTable {
  workspace: string;
  since: number;
  reason: string;
}

export interface CapabilityRoutesTable {
  workspace: string;
  capability: string;
  route: string;
  state: string;
  answer: string | null;
  at: number | null;
}

/** The last probe of the target, and the last request of an operator for one. */
export interface ProbesTable {
  workspace: string;
  fingerprint: string | null;
  probed_at: number | null;
  afresh_at: number | null;
  findings: string | null;
  asked_at: number | null;
}

/** Facts about the target, for operators. */
export interface TargetFactsTable {
  workspace: string;
  name: string;
  /** JSON. */
  value: string;
  at: number;
}

export interface TasksTable {
  id: string;
  workspace: string;
  kind: string;
  subject_id: string;
  action: string;
  what: string;
  why: string;
  link: string;
  since: number;
  tried_at: number | null;
  closed_at: number | null;
  closed_by: string | null;
}

/** A plan that was shown. */
export interface PlansTable {
  id: string;
  workspace: string;
  connection_id: string;
  made_at: number;
  /** Its steps: JSON lines, compressed with gzip, as base64. */
  document: string;
}

/** A plan of an undo, with its window: times in milliseconds since the epoch, and positions of the change log. */
export interface UndoPlansTable extends PlansTable {
  from_at: number;
  to_at: number;
  after_position: number;
  up_to_position: number;
}
