/** More removals than the limit are held until a person decides or the IdP takes them back. */
import { describe, expect, it } from 'vitest';
import { engines } from '../databases.ts';
import { emailOf, MINUTE, openCompany, upTo } from './company.ts';

const PEOPLE = 12;

describe.each(engines)('on %s', (engine) => {
  it('of ten leavers out of twelve five go, and five are held with the reason', async () => {
    const company = await openCompany({ engine, people: PEOPLE });
    expect(await company.leave(upTo(10))).toEqual([200]);
    await company.world.pass(5 * MINUTE);
    expect(company.active()).toHaveLength(PEOPLE - 5);
    const holds = await company.holds();
    expect(holds).toHaveLength(5);
    expect(holds[0]).toMatchObject({
      connection: 'default',
      operation: 'remove_member',
      subject: { kind: 'user' },
      code: 'too_many_removals',
      approvable: true,
      decision: null,
    });
    expect(company.active()).toEqual([...holds.map(({ name }) => name), emailOf(10), emailOf(11)].toSorted());
    const held = company.ids.indexOf(holds[0]?.subject.id ?? '');
    expect(await company.delivery(held)).toBe('held');
    const { body: status } = await company.admin('GET', '/status');
    expect(status).toMatchObject({ holds: { open: 5 }, deliveries: { held: 5 } });
    const { body: drift } = await company.admin('GET', '/workspaces/acme/drift');
    expect(drift['counts']).toMatchObject({ held: 5, lost_call: 0, added_in_mode: 0 });
  });

  it('an approval works at once, and once', async () => {
    const company = await openCompany({ engine, people: PEOPLE });
    await company.leave(upTo(10));
    await company.world.pass(5 * MINUTE);
    const [hold] = await company.holds();
    const { id = '', name = '', subject } = hold ?? {};
    const index = company.ids.indexOf(subject?.id ?? '');
    expect((await company.admin('POST', '/holds/approve', { ids: [id] })).body).toEqual({
      decided: 1,
      kept: [],
    });
    await company.world.pass(MINUTE);
    expect(company.active()).not.toContain(name);
    expect(await company.holds()).toHaveLength(4);

    await company.comeBack(index);
    await company.world.pass(5 * MINUTE);
    expect(company.active()).toContain(name);
    await company.leave([index]);
    await company.world.pass(5 * MINUTE);
    expect(company.active()).toContain(name);
    expect((await company.holds()).map((one) => one.name)).toContain(name);
  });

  it('a hold ends when the IdP takes the removal back, and a rejected one stays until then', async () => {
    const company = await openCompany({ engine, people: PEOPLE });
    await company.leave(upTo(10));
    await company.world.pass(5 * MINUTE);
    const [first, second] = await company.holds();
    const indexOf = (id = '') => company.ids.indexOf(id);
    await company.comeBack(indexOf(first?.subject.id));
    expect((await company.admin('POST', '/holds/reject', { name: second?.name })).body).toMatchObject({
      decided: 1,
    });
    await company.world.pass(5 * MINUTE);
    expect((await company.holds()).map(({ name }) => name)).not.toContain(first?.name);
    expect(await company.delivery(indexOf(first?.subject.id))).toBe('verified');

    // Everything else goes; what was rejected does not, however much time passes.
    await company.admin('POST', '/holds/approve', { all: true });
    await company.world.pass(150 * MINUTE);
    expect(await company.holds()).toMatchObject([
      { name: second?.name, decision: 'rejected', code: 'removal_rejected' },
    ]);
    expect(company.active()).toContain(second?.name);
    await company.comeBack(indexOf(second?.subject.id));
    await company.world.pass(5 * MINUTE);
    expect(await company.holds()).toEqual([]);
  });
});

describe.each(engines)('going live on %s', (engine) => {
  it('keeps people whose removal the plan shows as rejected, and removes everybody else', async () => {
    const company = await openCompany({ engine, people: PEOPLE });
    const members = company.ids.map((value) => ({ value }));
    await company.scim('POST', '/Groups', { displayName: 'Team', members });
    await company.world.pass(2 * MINUTE);
    await company.leave(upTo(10));
    await company.world.pass(10 * MINUTE);
    const [hold] = await company.holds();
    const name = hold?.name ?? '';
    await company.admin('POST', '/holds/reject', { name });
    await company.world.pass(MINUTE);
    const place = '/connections/default';
    expect((await company.admin('POST', `${place}/pause`)).status).toBe(200);
    const { body: plan } = await company.admin('GET', `${place}/plan`);
    expect(plan['counts']).toMatchObject({ remove: 4, rejected: 1, held: 0, remove_member: 0 });
    expect(plan['operations']).toContainEqual(
      expect.objectContaining({
        kind: 'rejected',
        step: 'remove',
        name,
        why: expect.stringContaining('rejected') as unknown,
      }),
    );
    expect((await company.admin('POST', `${place}/go-live`, { plan_id: plan['id'] })).status).toBe(200);
    await company.world.pass(150 * MINUTE);
    const stay = [emailOf(10), emailOf(11), name].toSorted();
    expect(company.active()).toEqual(stay);
    expect(company.members('Team')).toEqual(stay);
    expect(await company.holds()).toMatchObject([{ name, decision: 'rejected' }]);
    const { body: after } = await company.admin('GET', `${place}/plan`);
    expect(after['counts']).toMatchObject({ remove: 0, rejected: 1 });
  });

  it('carries out no removal that somebody rejects after the plan was made', async () => {
    const company = await openCompany({ engine, people: PEOPLE });
    await company.leave(upTo(10));
    await company.world.pass(10 * MINUTE);
    const [hold] = await company.holds();
    const name = hold?.name ?? '';
    const place = '/connections/default';
    await company.admin('POST', `${place}/pause`);
    const { body: plan } = await company.admin('GET', `${place}/plan`);
    await company.admin('POST', '/holds/reject', { name });
    const stale = await company.admin('POST', `${place}/go-live`, { plan_id: plan['id'] });
    expect(stale.status).toBe(409);
    expect(stale.body).toMatchObject({
      added: [{ kind: 'rejected', name }],
      removed: [{ kind: 'remove', name }],
    });
    expect((await company.admin('POST', `${place}/go-live`, { plan_id: stale.body['plan_id'] })).status).toBe(
      200,
    );
    await company.world.pass(150 * MINUTE);
    expect(company.active()).toEqual([emailOf(10), emailOf(11), name].toSorted());
  });
});

it('a single leaver is never delayed, also when there are only two people', async () => {
  const company = await openCompany({ people: 2 });
  await company.leave([0]);
  await company.world.pass(MINUTE);
  expect(company.active()).toEqual([emailOf(1)]);
  expect(await company.holds()).toEqual([]);
});

it('members of one group are counted by themselves, and a group that is deleted is one removal', async () => {
  const company = await openCompany({ people: 20 });
  const members = (from: number, to: number) => company.ids.slice(from, to).map((value) => ({ value }));
  const groups: string[] = [];
  for (const displayName of ['Big', 'Other'])
    groups.push(
      String((await company.scim('POST', '/Groups', { displayName, members: members(0, 20) })).body['id']),
    );
  await company.world.pass(2 * MINUTE);
  expect(company.members('Big')).toHaveLength(20);
  await company.scim('PUT', `/Groups/${groups[0] ?? ''}`, { displayName: 'Big', members: [] });
  await company.world.pass(5 * MINUTE);
  expect(company.members('Big')).toHaveLength(15);
  expect(await company.holds()).toHaveLength(15);
  expect((await company.holds())[0]).toMatchObject({ operation: 'remove_group_member', group: 'Big' });
  await company.scim('DELETE', `/Groups/${groups[1] ?? ''}`);
  await company.world.pass(2 * MINUTE);
  expect(company.members('Other')).toEqual([]);
  await company.admin('POST', '/holds/approve', { name: 'Big' });
  await company.world.pass(2 * MINUTE);
  expect(company.members('Big')).toEqual([]);
  expect(await company.holds()).toEqual([]);
});

it('people who leave the workspace are not removed from its groups one by one, and keep their groups while held', async () => {
  const company = await openCompany({ people: PEOPLE });
  const members = company.ids.map((value) => ({ value }));
  await company.scim('POST', '/Groups', { displayName: 'Team', members });
  await company.world.pass(2 * MINUTE);
  for (const index of upTo(10)) await company.scim('DELETE', `/Users/${company.ids[index] ?? ''}`);
  await company.world.pass(10 * MINUTE);
  const holds = await company.holds();
  expect(new Set(holds.map(({ operation }) => operation))).toEqual(new Set(['remove_member']));
  expect(holds).toHaveLength(5);
  expect(company.members('Team')).toEqual(company.active());
  await company.admin('POST', '/holds/approve', { all: true });
  await company.world.pass(10 * MINUTE);
  expect(company.members('Team')).toEqual([emailOf(10), emailOf(11)]);
});

describe('nobody is locked out', () => {
  it('protected people keep their membership, also with an approval', async () => {
    const company = await openCompany({ people: 3, settings: { BRIDGE_PROTECTED: 'P0@x.test' } });
    await company.leave([0, 1]);
    await company.world.pass(2 * MINUTE);
    expect(company.active()).toEqual([emailOf(0), emailOf(2)]);
    expect(await company.holds()).toMatchObject([
      { name: emailOf(0), code: 'protected_person', approvable: false },
    ]);
    const answer = await company.admin('POST', '/holds/approve', { name: emailOf(0) });
    expect(answer.status).toBe(409);
    expect((await company.admin('POST', '/holds/approve', { all: true })).body).toMatchObject({
      decided: 0,
      kept: [{ name: emailOf(0) }],
    });
  });

  it('the last admin stays until there is another one', async () => {
    const company = await openCompany({ people: 2, admins: [] });
    const { control } = company.world.sandbox;
    control.uiEdit({ action: 'promote', email: emailOf(0) });
    await company.world.pass(65 * MINUTE);
    await company.leave([0]);
    await company.world.pass(2 * MINUTE);
    expect(await company.holds()).toMatchObject([{ name: emailOf(0), code: 'last_admin' }]);
    expect(await company.delivery(0)).toBe('held');
    control.uiEdit({ action: 'promote', email: emailOf(1) });
    await company.world.pass(75 * MINUTE);
    expect(company.active()).toEqual([emailOf(1)]);
    expect(await company.holds()).toEqual([]);
  });
});
