/** SCIM events of the real program: what was acknowledged stays so, and the key stays, however the program ends. */
import { beforeEach, describe, expect, it } from 'vitest';
import { engines } from '../databases.ts';
import { readSet, type KeySet } from '../feed/events/read-set.ts';
import { run } from '../cli/run-here.ts';
import { TOKENS } from './boot.ts';
import { client, person } from './client.ts';
import { openRealStage, type RealStage } from './real-stage.ts';

const CREATED = 'urn:ietf:params:scim:event:prov:create:notice';

describe.each(engines)('events of a bridge that is killed, on %s', (engine) => {
  let stage: RealStage;

  beforeEach(async () => {
    stage = await openRealStage({ engine });
  });

  async function boot() {
    const bridge = await stage.boot();
    const feed = client(bridge.told('Feed URL'), TOKENS.feed);
    const origin = new URL(bridge.told('Feed URL')).origin;
    const keySet = async () => (await (await fetch(`${origin}/.well-known/jwks.json`)).json()) as KeySet;
    return {
      running: bridge,
      scim: bridge.scim,
      keySet,
      poll: async (body: object) => {
        const answer = await feed('POST', '/events/poll', { returnImmediately: true, ...body });
        expect(answer.status).toBe(200);
        return answer.body['sets'] as Record<string, string>;
      },
    };
  }

  it('come again under the same ids when they were not acknowledged, and never when they were', async () => {
    const first = await boot();
    for (const email of ['a@example.com', 'b@example.com']) await first.scim('POST', '/Users', person(email));
    const keys = await first.keySet();
    const created = (sets: Record<string, string>) =>
      Object.entries(sets).filter(([, text]) => CREATED in readSet(text, keys).claims.events);
    const [[taken] = [''], [left] = ['']] = created(await first.poll({}));
    await first.poll({ ack: [taken], maxEvents: 0 });
    await first.running.kill();

    const second = await boot();
    const again = await second.poll({});
    expect(created(again).map(([jti]) => jti)).toEqual([left]);
    expect((await second.keySet()).keys).toEqual(keys.keys);

    const rotated = await run(['events', 'rotate-key'], stage.settings);
    expect(rotated.code).toBe(0);
    const kid = /the key (\S+) now/.exec(rotated.stdout)?.[1];
    await second.running.stop();
    const third = await boot();
    const [newest, before] = (await third.keySet()).keys;
    expect(newest?.kid).toBe(kid);
    expect(before).toEqual(keys.keys[0]);
    const told = await run(['status'], stage.settings);
    expect(told.stdout).toMatch(/^events {6}BRIDGE_FEED_TOKEN/m);
  }, 120_000);
});
