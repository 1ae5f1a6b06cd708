/**
 * Runs claimed jobs, several at once, in lanes: a long group does not keep people waiting, nothing keeps a leaver
 * waiting, and what was done is verified however much is left to do. Knows nothing of what a job does.
 */
import type { Job } from '../../provisioning/job/job.ts';

/** When an answer of the target takes a second, this many jobs at once make this many calls a second. */
const LANE_WIDTH = 16;
/** Claimed ahead, so that a lane does not run dry while the next ones are fetched. */
const CLAIM = 2 * LANE_WIDTH;

/** `urgent` and `verify` are lanes of users and of groups, the others of one kind with something to do. */
export type LaneName = 'urgent' | 'user' | 'group' | 'verify';

export interface JobPool {
  /** How many jobs the lane would take now. */
  room(lane: LaneName): number;
  add(lane: LaneName, jobs: readonly Job[]): void;
  /** Nothing waits and nothing runs. */
  readonly idle: boolean;
  /** Those that have not begun, which are not run any more. */
  drain(): readonly Job[];
  /** Resolves when nothing runs. */
  settled(): Promise<void>;
}

/** @param run never rejects @param finished called after each job */
export function createJobPool(run: (job: Job) => Promise<void>, finished: () => void): JobPool {
  const lane = () => createLane(run, finished);
  const lanes: Readonly<Record<LaneName, ReturnType<typeof lane>>> = {
    urgent: lane(),
    user: lane(),
    group: lane(),
    verify: lane(),
  };
  const all = Object.values(lanes);
  return {
    room: (name) => (lanes[name].waiting.length === 0 ? CLAIM : 0),
    add: (name, jobs) => {
      lanes[name].waiting.push(...jobs);
      lanes[name].start();
    },
    get idle() {
      return all.every((lane) => lane.waiting.length === 0 && lane.running.size === 0);
    },
    drain: () => all.flatMap((lane) => lane.waiting.splice(0)),
    settled: async () => {
      await Promise.all(all.flatMap((lane) => [...lane.running]));
    },
  };
}

function createLane(run: (job: Job) => Promise<void>, finished: () => void) {
  const waiting: Job[] = [];
  const running = new Set<Promise<void>>();
  const start = () => {
    while (running.size < LANE_WIDTH) {
      const job = waiting.shift();
      if (job === undefined) return;
      const done = run(job).then(() => {
        running.delete(done);
        start();
        finished();
      });
      running.add(done);
    }
  };
  return { waiting, running, start };
}
