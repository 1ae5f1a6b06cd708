/** What each step of a story does to the world and to the model. */
import type { Sandbox } from '../../src/sandbox/mode/sandbox.ts';
import { leaveWithEmptiedGroups, sayMembers, sayName, sayPerson } from './access-back.ts';
import { FAULTS } from './faults.ts';
import type { Changed } from './idp.ts';
import { ownerOf, ownersOf, wish, type Group, type Person } from './model.ts';
import { approveHolds, everybodyLeaves, protectAndLeave } from './holds.ts';
import { dropAndSetLink, holdConnection, onlyReportDrift } from './operators.ts';
import { certain, comeBack, leave, lose, move, take } from './people.ts';
import type { Step } from './step.ts';
import { HOUR_MS, MINUTE_MS, pass, SECOND_MS, type Told } from './told.ts';
import type { Transcript } from './transcript.ts';
import { mistakeAndUndo } from './undo.ts';

/** Two people have each other's address for so long. */
const SWAPPED_MS = 5 * MINUTE_MS;

type Edit = Parameters<Sandbox['control']['uiEdit']>[0];

/** Counts which addresses came to be wanted. */
export async function tellStep(told: Told, step: Step, transcript: Transcript): Promise<void> {
  const { model } = told;
  const before = ownersOf(model);
  await happen(told, step, transcript);
  for (const [address, owner] of ownersOf(model)) if (before.get(address) !== owner) wish(model, address);
}

async function happen(told: Told, step: Step, transcript: Transcript): Promise<void> {
  const { world, model, idp } = told;
  const { dialect } = step;
  const key = `p${step.who}`;
  const person = model.people.get(key);
  const other = model.people.get(`p${step.other}`);
  const groupKey = `g${step.group}`;
  const group = model.groups.get(groupKey);

  const wasActive = person?.active;
  const update = (changed: readonly Changed[]) =>
    person === undefined ? Promise.resolve() : sayPerson(told, person, changed, dialect, wasActive);
  const edit = (given: Edit): boolean => {
    try {
      world.sandbox.control.uiEdit(given);
      transcript.edited(given);
      return true;
    } catch {
      return false;
    }
  };

  switch (step.what) {
    case 'push': {
      if (person?.active === true) return;
      if (person !== undefined) return comeBack(told, person, dialect, transcript);
      const email = `${key}@x.test`;
      const hired: Person = {
        key,
        userName: `${key}-${model.born}@x.test`,
        email,
        active: true,
        admin: null,
        born: model.born,
        account: [],
        acceptedAt: -Infinity,
        role: { held: false },
      };
      model.born += 1;
      model.people.set(key, hired);
      take(model, hired);
      return idp.pushPerson(hired, dialect);
    }
    case 'leave':
      if (person?.active !== true) return;
      leave(model, person);
      return update(['active']);
    case 'leave with emptied groups':
      if (person?.active !== true) return;
      if (group !== undefined) await tellStep(told, { ...step, what: 'add member' }, transcript);
      await leaveWithEmptiedGroups(told, person, step, transcript);
      if (step.other % 2 === 0) return;
      await pass(told, transcript, 20 * MINUTE_MS);
      return tellStep(told, { ...step, what: 'come back' }, transcript);
    case 'join and leave one after the other':
      // Within minutes, so that what is known of Mode is always a little old.
      for (const who of [step.who, step.who + 1, step.who + 2]) {
        if (model.people.get(`p${who}`)?.active === true) continue;
        await tellStep(told, { ...step, who, what: 'push' }, transcript);
        await pass(told, transcript, 20 * SECOND_MS);
        await happen(told, { ...step, who, what: 'accept' }, transcript);
        await pass(told, transcript, MINUTE_MS);
        await tellStep(told, { ...step, who, what: 'leave' }, transcript);
        await pass(told, transcript, MINUTE_MS);
      }
      return;
    case 'come back':
      if (person === undefined || person.active) return;
      return comeBack(told, person, dialect, transcript);
    case 'delete':
      if (person === undefined) return;
      leave(model, person);
      model.people.delete(key);
      for (const { members, has, taken } of model.groups.values()) {
        members.delete(key);
        has.delete(key);
        taken.delete(key);
      }
      return idp.deletePerson(person);
    case 'change userName':
      if (person === undefined) return;
      person.userName = `${key}-renamed-${model.born}@x.test`;
      model.born += 1;
      return update(['userName']);
    case 'change address': {
      if (person === undefined) return;
      const addresses = [`${key}@x.test`, `${key}.new@x.test`, `p${step.other}@x.test`];
      const next = addresses.filter((address) => address !== person.email)[step.group % 2] ?? person.email;
      await certain(told, transcript, person);
      person.email = next;
      if (person.active) take(model, person);
      return update(['email']);
    }
    case 'swap addresses':
      if (person === undefined || other === undefined || person === other) return;
      await certain(told, transcript, person);
      await certain(told, transcript, other);
      [person.email, other.email] = [other.email, person.email];
      await update(['email']);
      return sayPerson(told, other, ['email'], dialect);
    case 'swap addresses and back':
      // Also right after an invite was accepted, when the bridge does not know yet whose account it became.
      if (person === undefined || other === undefined || person === other) return;
      for (const key of ['there', 'and back']) {
        if (key === 'and back') await pass(told, transcript, SWAPPED_MS);
        [person.email, other.email] = [other.email, person.email];
        for (const address of [person.email, other.email]) wish(model, address);
        await update(['email']);
        await sayPerson(told, other, ['email'], dialect);
      }
      return;
    case 'leave with the address of another':
      if (person?.active !== true || other === undefined) return;
      await certain(told, transcript, person);
      leave(model, person);
      person.email = other.email;
      return update(['active', 'email']);
    case 'role on':
    case 'role off':
      // Until the IdP has named a role, the role is Mode's own.
      if (person === undefined || (person.admin === null && step.what === 'role off')) return;
      person.admin = step.what === 'role on';
      return update(['admin']);
    case 'push group':
      if (group !== undefined) return;
      return pushGroup(told, groupKey, step);
    case 'rename group':
      if (group === undefined) return;
      group.name = `${groupKey} renamed ${model.born}`;
      model.born += 1;
      return sayName(told, group, dialect);
    case 'delete group':
      if (group === undefined) return;
      model.groups.delete(groupKey);
      return idp.deleteGroup(group);
    case 'add member':
      if (group === undefined || person === undefined) return;
      group.members.add(key);
      return sayMembers(told, group, { kind: 'add', keys: [key] }, dialect);
    case 'remove member':
      if (group?.has.has(key) !== true) return;
      group.members.delete(key);
      return sayMembers(told, group, { kind: 'remove', keys: [key] }, dialect);
    case 'replace members':
    case 'empty group':
      if (group === undefined) return;
      group.members.clear();
      for (const each of step.what === 'empty group' ? [] : [person, other])
        if (each !== undefined) group.members.add(each.key);
      return sayMembers(told, group, { kind: 'replace' }, dialect);

    case 'accept':
      if (person !== undefined) accept(told, transcript, [person.email]);
      return;
    case 'accept all':
      accept(told, transcript, undefined);
      return;
    case 'accept by an old link':
      told.oldLinks.used = true;
      accept(told, transcript, undefined, true);
      return;
    case 'promote':
    case 'demote': {
      const [account] = person?.account ?? [];
      if (person?.active !== true || account === undefined) return;
      if (!edit({ action: step.what, email: account })) return;
      if (person.admin === null) model.adminOnMode.set(account, step.what === 'promote');
      return;
    }
    case 'remove by hand': {
      const [account] = person?.account ?? [];
      if (person?.active !== true || account === undefined) return;
      if (!edit({ action: 'remove', email: account })) return;
      lose(model, account);
      person.account = [];
      wish(model, person.email);
      return;
    }
    case 'change address by hand': {
      const [account] = person?.account ?? [];
      const to = `${key}.by-hand-${model.born}@x.test`;
      if (person?.active !== true || account === undefined) return;
      // Before the bridge has seen whose account it is, nothing in Mode says so.
      await certain(told, transcript, person);
      if (!edit({ action: 'change_email', email: account, to })) return;
      model.born += 1;
      move(model, account, to);
      person.account = [to];
      return;
    }
    case 'rename by hand': {
      // People's names are their own; the feed and SCIM tell them as Mode has them.
      const [account] = person?.account ?? [];
      if (account !== undefined)
        edit({ action: 'rename_person', email: account, name: `By hand ${model.born}` });
      model.born += 1;
      return;
    }
    case 'drop and set a link': {
      // A user whose account has another address would be invited under their own.
      if (person?.active !== true || person.account.length !== 1 || person.account[0] !== person.email)
        return;
      await certain(told, transcript, person);
      return dropAndSetLink(told, person, transcript);
    }
    case 'hold the connection':
      return holdConnection(told, step, transcript, tellStep);
    case 'decide holds':
      return approveHolds(told, transcript);
    case 'everybody leaves':
      return everybodyLeaves(told, step, transcript, tellStep);
    case 'a protected person leaves':
      if (person?.active !== true) return;
      return protectAndLeave(told, person, { step, transcript, tellStep });
    case 'a mistake and its undo':
      return mistakeAndUndo(told, step, transcript, tellStep);
    case 'only report drift':
      return person === undefined ? undefined : onlyReportDrift(told, person, transcript);
    case 'regroup by hand': {
      const [account] = person?.account ?? [];
      if (group === undefined || account === undefined) return;
      if (!edit({ action: 'add_to_group', email: account, group: group.name }))
        edit({ action: 'remove_from_group', email: account, group: group.name });
      return;
    }
    case 'rename group by hand':
      if (group !== undefined)
        edit({ action: 'rename_group', group: group.name, name: `By hand ${model.born}` });
      model.born += 1;
      return;

    case 'Mode fails': {
      const fault = FAULTS[(step.who * 6 + step.other) % FAULTS.length];
      if (fault === undefined) return;
      transcript.failing(fault);
      world.fault({ ...fault });
      const ms = Math.min(Math.max(step.pass, 20), 7_200) * SECOND_MS;
      told.failed.ms += ms;
      await pass(told, transcript, ms);
      world.healthy();
      transcript.failing(undefined);
      return;
    }
    case 'the webhook fails':
      world.receiver.answer(503);
      await pass(told, transcript, Math.min(step.pass, 7_200) * SECOND_MS);
      world.receiver.answer(200);
      return;
    case 'restart':
      transcript.bridge('restart');
      return world.restart(step.other % world.bridges.length);
    case 'kill': {
      const index = step.other % world.bridges.length;
      transcript.bridge('kill');
      if (step.who % 2 === 0) {
        world.bridges[index]?.life.killAfter(step.who * 7 + step.group, step.other % 2 === 0);
        await pass(told, transcript, 5 * SECOND_MS);
      }
      await world.kill(index);
      await pass(told, transcript, (step.pass % 60) * SECOND_MS);
      return world.revive();
    }
    case 'pause a bridge': {
      const life = world.bridges[step.other % world.bridges.length]?.life;
      transcript.bridge('pause');
      life?.pause();
      const ms = Math.min(step.pass, 900) * SECOND_MS;
      if (world.bridges.length > 1) await pass(told, transcript, ms);
      else world.clock.leap(ms);
      told.failed.ms += ms;
      life?.resume();
      return;
    }
    case 'the clock jumps': {
      const ms = (step.other - 2) * HOUR_MS;
      transcript.jumped(ms);
      world.clock.jump(ms);
      await pass(told, transcript, 20 * SECOND_MS);
      world.clock.jump(-ms);
      return;
    }
    case 'the clock is set': {
      const ms = (step.other - 2) * HOUR_MS;
      transcript.jumped(ms);
      world.clock.jump(ms);
      return;
    }
    case 'time passes':
      return;
  }
}

async function pushGroup({ idp, model }: Told, key: string, step: Step): Promise<void> {
  const name = `Group ${step.group}`;
  const members = new Set([`p${step.who}`, `p${step.other}`].filter((each) => model.people.has(each)));
  const group: Group = { key, name, members, has: new Set(members), taken: new Map() };
  model.groups.set(key, group);
  model.groupsOfMode.delete(name);
  return idp.pushGroup(group, step.dialect);
}

function accept(told: Told, transcript: Transcript, emails: string[] | undefined, old = false): void {
  const { world, model } = told;
  const accepted = world.sandbox.control.acceptInvites({ ...(emails === undefined ? {} : { emails }), old });
  transcript.accepted(accepted, old);
  for (const address of accepted) {
    const owner = ownerOf(model, address);
    if (owner === undefined) continue;
    owner.account = [address];
    owner.acceptedAt = world.clock.monotonic();
    if (!model.adminOnMode.has(address)) model.adminOnMode.set(address, false);
  }
}
