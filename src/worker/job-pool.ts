/**
 * Runs claimed jobs, several at once, users and groups in lanes of their own: a long group does not keep people waiting.
 * Knows nothing of what a job does.
 */
import type { Subject } from '../directory/subject.ts';
import type { Job } from '../provisioning/job.ts';

/** With Mode's answers taking a second, so many keep a rate of as many a second. */
const LANE_WIDTH = 16;
/** Claimed ahead, so that a lane does not run dry while the next ones are fetched. */
const CLAIM = 2 * LANE_WIDTH;

export interface JobPool {
  /** How many jobs of the kind it would take now. */
  room(kind: Subject['kind']): number;
  add(jobs: readonly Job[]): void;
  /** Nothing waits and nothing runs. */
  readonly idle: boolean;
  /** Those that have not begun, which are not run any more. */
  drain(): readonly Job[];
  /** Resolves when nothing runs. */
  settled(): Promise<void>;
}

/** @param run never rejects @param finished called after each job */
export function createJobPool(run: (job: Job) => Promise<void>, finished: () => void): JobPool {
  const lanes = { user: createLane(run, finished), group: createLane(run, finished) };
  const all = [lanes.user, lanes.group];
  return {
    room: (kind) => (lanes[kind].waiting.length === 0 ? CLAIM : 0),
    add: (jobs) => {
      for (const job of jobs) lanes[job.subject.kind].waiting.push(job);
      for (const lane of all) lane.start();
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
