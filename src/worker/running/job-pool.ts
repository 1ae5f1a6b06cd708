/**
 * Runs claimed jobs in parallel, in lanes: a large group does not delay people, nothing delays a leaver, and changes
 * are verified even when much work is left. It does not know what a job does.
 */
import type { Job } from '../../provisioning/job/job.ts';

/** Jobs in parallel. When each call takes a second, this is also the number of calls per second. */
const LANE_WIDTH = 16;
/** Claimed in advance, so that a lane does not become empty while the next jobs are claimed. */
const CLAIM = 2 * LANE_WIDTH;

/** `urgent` and `verify` take users and groups. The other lanes take work of one kind. */
export type LaneName = 'urgent' | 'user' | 'group' | 'verify';

export interface JobPool {
  /** The number of jobs that the lane can take now. */
  room(lane: LaneName): number;
  add(lane: LaneName, jobs: readonly Job[]): void;
  /** Nothing waits and nothing runs. */
  readonly idle: boolean;
  /** Removes the jobs that have not started. @returns them */
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
