/** Whether `explain` says of each person what the model says: who is in, and a reason for everybody who is not. */
import type { ExplanationView } from '../../src/admin/explain-view.ts';
import { TOKENS } from '../acceptance/boot.ts';
import { isOwner } from './model.ts';
import type { Told } from './told.ts';

/** @throws when an explanation differs from the model */
export async function checkExplain(told: Told): Promise<void> {
  const { model, idp } = told;
  for (const [key, person] of model.people) {
    const id = idp.ids.get(key);
    if (id === undefined) continue;
    const { access, role, groups } = await explanationOf(told, id);
    const isIn = isOwner(model, person);
    assertSame(`the access of ${key}`, [access.wanted, access.in_mode], [person.active, isIn]);
    const [first] = access.why.map(({ code }) => code);
    const codes = isIn
      ? ['as_wanted', 'not_read_back']
      : person.active
        ? ['same_email']
        : ['withdrawn', 'never_active'];
    if (!codes.includes(first ?? ''))
      throw new Error(`Explain: why of ${key} should be ${codes.join(' or ')}, and is ${String(first)}.`);
    if (isIn && person.admin !== null) {
      const { held } = person.role;
      assertSame(`the role of ${key}`, [role.wanted, role.in_mode], [held, held]);
    }
    const wanted = [...model.groups.values()].filter(({ has }) => isIn && has.has(key));
    const pushed = groups.filter((group) => group.wanted === true && group.in_mode);
    assertSame(
      `the groups of ${key}`,
      pushed.map(({ name }) => name).sort(),
      wanted.map(({ name }) => name).sort(),
    );
    for (const part of [access, role, ...groups])
      if (part.why.length === 0) throw new Error(`Explain: a part of ${key} has no reason.`);
  }
  for (const { email } of model.unmanaged.values()) {
    const { access } = await explanationOf(told, email);
    assertSame(
      `the access of ${email}`,
      [access.wanted, access.in_mode, access.why[0]?.code],
      [null, true, 'not_pushed'],
    );
  }
}

async function explanationOf({ world }: Told, who: string): Promise<ExplanationView> {
  const answer = await world.send('admin', {
    method: 'GET',
    path: `/admin/api/explain?user=${encodeURIComponent(who)}`,
    headers: { authorization: `Bearer ${TOKENS.admin}`, host: '127.0.0.1' },
  });
  if (answer?.status !== 200)
    throw new Error(`Explain of ${who} is answered ${answer?.text ?? 'by nobody'}.`);
  return JSON.parse(answer.text) as ExplanationView;
}

function assertSame(what: string, has: unknown, wanted: unknown): void {
  const [shown, expected] = [JSON.stringify(has), JSON.stringify(wanted)];
  if (shown !== expected) throw new Error(`Explain: ${what} should be ${expected}, and is ${shown}.`);
}
