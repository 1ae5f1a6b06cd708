/** What waits for people or for Mode is not tried again by every read: it has a time of its own. */
import { expect, it } from 'vitest';
import { engines } from '../databases.ts';
import { callsOf, draft, groupDraft, okta, openStage, until, W } from './stage.ts';

const MINUTE = 60_000;
const HOURS = 6;
const ADD = 'POST /api/acme/groups/:group/memberships';
const FULL_READ = 'GET /api/acme/groups';

it.each(engines)(
  'a job that Mode refuses is sent to Mode about once an hour, whatever the hourly reads do, on %s',
  async (engine) => {
    const fault = { for_requests: 1_000_000, route: ADD, status: 422 } as const;
    const stage = await openStage({ engine, keepsLease: true, settings: { auto_accept_seconds: 0 } });
    const jane = await stage.users.create(okta, draft('jane@x.test'));
    stage.start();
    await until(() => stage.sandbox.control.state().members.some((member) => member.email === 'jane@x.test'));
    await stage.quiet();
    stage.sandbox.control.addFault(fault);
    const team = await stage.groups.create(okta, groupDraft('Team'), [jane.id]);
    const jobOfTeam = async () => {
      const { troubled } = await stage.store.status.status(W, 10);
      return troubled.find(({ id }) => id === team.id)?.job;
    };
    /** Parked until later, and every read that was due is over. */
    const isWaiting = async () => {
      const [job, { running, last }] = [await jobOfTeam(), stage.worker.sync.state];
      const now = stage.clock.now();
      const isRead = running === null && last !== null && now - last.endedAt < 60 * MINUTE;
      return isRead && job?.state === 'parked' && job.runAt > now;
    };
    stage.advance(MINUTE);
    await until(isWaiting);
    stage.sandbox.control.forgetRequests();
    for (let minutes = 0; minutes < HOURS * 60; minutes += 5) {
      stage.advance(5 * MINUTE);
      await until(isWaiting);
    }
    expect(callsOf(stage)[FULL_READ]).toBeGreaterThanOrEqual(HOURS - 1);
    // The first waits are minutes, each twice as long as the one before, up to an hour.
    expect(callsOf(stage)[ADD]).toBeGreaterThanOrEqual(HOURS - 1);
    expect(callsOf(stage)[ADD]).toBeLessThanOrEqual(HOURS + 6);
  },
);
