import { describe, expect, it } from 'vitest';
import { PROFILE_NAMES, PROFILES } from '../../src/sandbox/mode/behaviour/profiles.ts';
import { Quirks } from '../../src/sandbox/mode/behaviour/quirks.ts';
import { careful } from './careful-client.ts';
import { simulate } from './simulated.ts';

describe('profiles', () => {
  it("every quirk in the notes on Mode's API has a quirk here that names its row", () => {
    const rows = Object.values(Quirks.properties).map((schema) => {
      const { facts, description } = schema as { facts?: string; description?: string };
      expect(description?.length).toBeGreaterThan(10);
      return facts ?? '';
    });
    // 12.14 is the rate limit, which is a setting and not a quirk.
    const expected = Array.from({ length: 19 }, (_, index) => `12.${index + 1}`).filter(
      (row) => row !== '12.14',
    );
    expect(expected.filter((row) => !rows.some((facts) => facts.split(', ').includes(row)))).toEqual([]);
  });

  it('hostile has every quirk in the notes, except those that kind already has', () => {
    const { kind, hostile } = PROFILES;
    const same = Object.entries(Quirks.properties)
      .filter(([name]) => {
        const key = name as keyof Quirks;
        return hostile.quirks[key] === kind.quirks[key];
      })
      .map(([, schema]) => (schema as { facts?: string }).facts ?? '')
      .flatMap((facts) => facts.split(', '));
    const differs = Object.entries(Quirks.properties)
      .filter(([name]) => hostile.quirks[name as keyof Quirks] !== kind.quirks[name as keyof Quirks])
      .flatMap(([, schema]) => ((schema as { facts?: string }).facts ?? '').split(', '));
    const untouched = new Set(same.filter((row) => row.startsWith('12.') && !differs.includes(row)));
    // kind also has the audit log's error format, unfiltered lists, the anonymous root and the wrong next_page link.
    expect([...untouched].sort()).toEqual(['12.15', '12.16', '12.17', '12.6']);
    expect(hostile.rate_per_second).not.toBeNull();
  });

  it.each(PROFILE_NAMES)('%s can be set at run time, and is shown', async (profile) => {
    const { call, control } = await simulate();
    const { status, body } = await call('PATCH', '/_sandbox/settings', { profile });
    expect([status, body]).toEqual([200, control.settings()]);
    expect((await call('GET', '/_sandbox/settings')).body).toMatchObject({ profile, ...PROFILES[profile] });
    expect((await call('GET', '/_sandbox/profiles')).body).toEqual(PROFILES);
  });

  it('a profile resets all settings, except those in the same change', async () => {
    const { control } = await simulate();
    control.set({ latency_ms: 9, faults: { for_requests: 1 }, quirks: { ids: 'number', writes: 'empty' } });
    control.set({ profile: 'documented', quirks: { membership_patch: 'admin' } });
    const { quirks } = PROFILES.documented;
    expect(control.settings()).toMatchObject({
      latency_ms: 0,
      faults: [],
      quirks: { ...quirks, membership_patch: 'admin' },
    });
  });

  it('a reset restores the initial settings', async () => {
    const { control } = await simulate({ profile: 'hostile', latency_ms: 7, quirks: { ids: 'string' } });
    const before = structuredClone(control.settings());
    control.set({ profile: 'kind', faults: { for_requests: 5 } });
    control.reset();
    expect(control.settings()).toEqual(before);
    expect(control.state().members).toHaveLength(1);
  });

  it.each([
    [{ profile: 'nice' }, 'Unknown profile "nice". Use one of: likely, kind, documented, hostile'],
    [{ speed: 1 }, 'Unknown setting "speed". Use one of: profile, latency_ms'],
    [{ quirks: { colour: 'red' } }, 'Unknown quirk "colour". Use one of: member_key, invite_keys'],
    [{ quirks: { writes: 'red' } }, 'ok, created, empty'],
    [{ quirks: { page_size: 31 } }, '/quirks/page_size'],
    [{ rate_per_second: 0 }, '/rate_per_second'],
    [{ faults: [{ for_requests: 0 }] }, '/faults'],
    [[], 'object'],
    [null, 'object'],
  ])('%j is refused and changes nothing', async (patch, message) => {
    const { call, control } = await simulate();
    const before = structuredClone(control.settings());
    const { status, text } = await call('PATCH', '/_sandbox/settings', patch);
    expect([status, JSON.parse(text)]).toEqual([
      400,
      { id: 'bad_request', message: expect.stringContaining(message) as string },
    ]);
    expect(control.settings()).toEqual(before);
  });
});

describe('a careful client reaches its goal', () => {
  it.each(PROFILE_NAMES)('%s', async (profile) => {
    const mode = await simulate({ profile });
    const client = careful(mode);
    for (const email of ['jane@x.test', 'sam@x.test', 'leaver@x.test']) await client.invite(email);
    mode.time.now += 2_000;
    await client.fillGroup('Team', ['jane@x.test', 'sam@x.test', 'leaver@x.test']);
    await client.fillGroup('Team', ['jane@x.test', 'leaver@x.test']);
    await client.remove('leaver@x.test');
    // Twice: the second time, a deleted group has the same name.
    for (let round = 1; round <= 2; round += 1) {
      await client.fillGroup('Crew', ['sam@x.test']);
      await client.deleteGroup('Crew');
    }
    await client.fillGroup('Crew', ['sam@x.test']);
    mode.time.now += 60_000;
    expect(mode.control.state()).toMatchObject({
      members: [
        { email: 'admin@acme.example', state: 'active' },
        { email: 'jane@x.test', state: 'active' },
        { email: 'sam@x.test', state: 'active' },
      ],
      groups: [
        { name: 'Crew', members: ['sam@x.test'] },
        { name: 'Team', members: ['jane@x.test'] },
      ],
    });
  });
});
