/** The seat cap and the domains that a policy allows. */
import { expect, it } from 'vitest';
import { person } from '../acceptance/client.ts';
import { emailOf, MINUTE, openCompany } from './company.ts';

it('invites wait at the limit of members, with the reason, and go out when somebody leaves', async () => {
  // Three people and two admins are there.
  const company = await openCompany({ people: 3, settings: { BRIDGE_MAX_MEMBERS: '6' } });
  const ids: string[] = [];
  for (const email of ['new1@x.test', 'new2@x.test'])
    ids.push(String((await company.scim('POST', '/Users', person(email))).body['id']));
  const members = () =>
    company.world.sandbox.control.state().members.filter(({ email }) => email.startsWith('new')).length;
  await company.world.pass(10 * MINUTE);
  expect(members()).toBe(1);
  const { body: status } = await company.admin('GET', '/status');
  expect(status['troubled']).toMatchObject([{ codes: ['member_limit'] }]);
  expect(status['calls']).toMatchObject({ left: 0 });
  await company.leave([0]);
  await company.world.pass(10 * MINUTE);
  expect(members()).toBe(2);
  expect((await company.admin('GET', '/status')).body['troubled']).toEqual([]);
});

it('an address of another domain is neither invited nor taken over, and nobody is removed because of it', async () => {
  const company = await openCompany({ people: 2, settings: { BRIDGE_ALLOWED_DOMAINS: 'Example.com' } });
  await company.world.pass(5 * MINUTE);
  // p0 and p1 are in Mode already, with addresses of x.test.
  const { body } = await company.admin('GET', '/status');
  expect(body['troubled']).toMatchObject([
    { codes: ['domain_not_allowed'], state: 'blocked' },
    { codes: ['domain_not_allowed'], state: 'blocked' },
  ]);
  expect(company.active()).toEqual([emailOf(0), emailOf(1)]);
  for (const email of ['a@sub.example.com', 'b@EXAMPLE.com', 'c@evilexample.com'])
    await company.scim('POST', '/Users', person(email));
  await company.world.pass(5 * MINUTE);
  const added = company.world.sandbox.control.state().members.map(({ email }) => email.toLowerCase());
  expect(added.filter((email) => email.includes('example.com'))).toEqual(['b@example.com']);
});

it('a group takes nobody in whose address is of another domain, and throws nobody out for it', async () => {
  const company = await openCompany({ people: 2, settings: { BRIDGE_ALLOWED_DOMAINS: 'example.com' } });
  const { control } = company.world.sandbox;
  const members = company.ids.map((value) => ({ value }));
  await company.scim('POST', '/Groups', { displayName: 'Team', members });
  await company.world.pass(5 * MINUTE);
  expect(company.members('Team')).toEqual([]);
  control.uiEdit({ action: 'add_to_group', email: emailOf(0), group: 'Team' });
  await company.world.pass(90 * MINUTE);
  expect(company.members('Team')).toEqual([emailOf(0)]);
});
