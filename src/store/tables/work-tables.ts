/** Jobs for the target, how far each is, and what was learned by running them. */
import type { Generated } from 'kysely';
import type { Flag } from './flag.ts';

export interface JobsTable {
  workspace: string;
  kind: string;
  subject_id: string;
  run_at: number;
  attempts: number;
  verifying: Flag;
  /** 0: takes access away, and goes before all others; 1: everything else. */
  precedence: 0 | 1;
  /** Rises when the job is asked for again; a job that moved on while it ran is not done. */
  generation: number;
  claimed_generation: number | null;
  lease: string | null;
  /** Of the workspace's holder who claimed it; a later holder takes it over. */
  fence: number | null;
  /** Lists must have been read at or after this instant before anything is planned. */
  look_after: number | null;
  /** When all was applied that is still to be seen on the target. */
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

/** A link that people do not want to be made again by itself. */
export interface RefusedLinksTable {
  workspace: string;
  kind: string;
  subject_id: string;
  token: string;
  at: number;
}

/** Who alone works for a workspace, and until when. The fence rises with every other holder. */
export interface WorkspaceLeasesTable {
  workspace: string;
  holder: string;
  fence: number;
  until: number;
  /** How long bridges have worked for the workspace in all. It never goes back, and stands still while nobody works. */
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
  /** The user that the address was invited for last; null when somebody sent the invite on the target. */
  user_id: string | null;
}

/** The newest thing that the target accepted from us about each member, group and group member. */
export interface LastWrittenTable {
  workspace: string;
  list: string;
  token: string;
  value: string;
  written_at: number;
  /** When a read first showed it. */
  confirmed_at: number | null;
}

/** There is a row while the target as a whole fails. */
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

/** When the target was last looked at, and when an operator last asked for it. */
export interface ProbesTable {
  workspace: string;
  fingerprint: string | null;
  probed_at: number | null;
  afresh_at: number | null;
  findings: string | null;
  asked_at: number | null;
}

/** What was learned of the target in passing. */
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
  /** Its steps: one a line as JSON, packed by gzip, as base64. */
  document: string;
}

/** A plan of an undo, with its window: times in milliseconds since the epoch, and positions of the change log. */
export interface UndoPlansTable extends PlansTable {
  from_at: number;
  to_at: number;
  after_position: number;
  up_to_position: number;
}
