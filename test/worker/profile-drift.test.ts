/** Names and addresses that people change in Mode: drift where the bridge can change them, and people's own elsewhere. */
import { describe, expect, it } from 'vitest';
import type { Connection } from '../../src/directory/access/connection.ts';
import { createLinks } from '../../src/operators/links.ts';
import { createReports } from '../../src/operators/reports.ts';
import type { DriftMode } from '../../src/provisioning/drift/drift.ts';
import { defaultConnection } from '../access.ts';
import { engines, type EngineName } from '../databases.ts';
import { draft, openStage, until, W } from './stage.ts';

const JANE = 'jane@x.test';
const NAME = 'Jane Doe';
const MINUTES = 60_000;

interface Given {
  readonly engine: EngineName;
  readonly drift: DriftMode;
  readonly ownScim?: boolean;
  /** An operator has confirmed the link. */
  readonly confirmed?: boolean;
}

/** Jane is pushed with her name, and has an account that Mode's own SCIM manages where it is on. */
async function pushed({ engine, drift, ownScim = true, confirmed = true }: Given) {
  const stage = await openStage({
    engine,
    ownScim,
    settings: { auto_accept_seconds: 0, scim_enabled: ownScim },
    mode: {
      members: [
        { email: 'boss@x.test', admin: true },
        { email: JANE, name: 'J', managed_by_scim: ownScim },
      ],
    },
  });
  const idp: Connection = await defaultConnection(stage.store, W);
  const reports = createReports(
    stage.store.provisioning,
    () => 'enforce',
    () => 'Mode',
    stage.clock,
  );
  await reports.setDriftMode(W, 'default', drift);
  const jane = (name: string) => {
    const document = JSON.stringify({ userName: JANE, displayName: name });
    return { ...draft(JANE), fullName: name, document };
  };
  const { id } = await stage.users.create(idp, jane(NAME));
  const control = stage.sandbox.control;
  const account = () => {
    const { email, name } = control.state().members.find((member) => member.email !== 'boss@x.test') ?? {};
    return { email, name };
  };
  const sync = async () => {
    stage.advance(2 * MINUTES);
    const before = stage.worker.sync.state.last?.startedAt;
    stage.worker.sync.request(true);
    await until(() => stage.worker.sync.state.last?.startedAt !== before);
  };
  const read = async () => {
    await sync();
    await stage.quiet();
  };
  stage.start();
  await stage.quiet();
  if (confirmed) {
    const subject = { kind: 'user', id } as const;
    const token = (await stage.store.provisioning.linkOf(W, subject))?.token ?? '';
    await createLinks(stage.store.provisioning, () => 'Mode', stage.clock).set(W, 'user', id, token);
  }
  await read();
  const told = async () =>
    (await reports.drift(W)).items.flatMap((item) =>
      item.class === 'unmanaged' ? [] : [`${item.class}: wants ${item.wants}, has ${item.has}`],
    );
  const delivery = async () => (await stage.store.views.user(W, id))?.onMode.delivery;
  return { stage, idp, id, jane, control, account, sync, read, reports, told, delivery };
}

describe.each(engines)('the profile of an account that the bridge can change, on %s', (engine) => {
  it('is as the IdP wants it, and no drift', async () => {
    const world = await pushed({ engine, drift: 'report' });
    expect(world.account()).toEqual({ email: JANE, name: NAME });
    expect(await world.told()).toEqual([]);
  });

  it('stays as somebody changed it in Mode, and is reported, while drift is only reported', async () => {
    const { control, read, account, told } = await pushed({ engine, drift: 'report' });
    control.uiEdit({ action: 'rename_person', email: JANE, name: 'Janie' });
    await read();
    await read();
    expect(account()).toEqual({ email: JANE, name: 'Janie' });
    expect(await told()).toEqual([`renamed: wants member, name "${NAME}", has active, name "Janie"`]);

    control.uiEdit({ action: 'change_email', email: JANE, to: 'janie@x.test' });
    await read();
    await read();
    expect(account()).toEqual({ email: 'janie@x.test', name: 'Janie' });
    expect(await told()).toEqual([
      `renamed: wants member, name "${NAME}", email "${JANE}", has active, name "Janie", email "janie@x.test"`,
    ]);
  });

  it('is set back where drift is enforced, also when it was only reported before', async () => {
    const { control, read, account, told, reports } = await pushed({ engine, drift: 'enforce' });
    control.uiEdit({ action: 'rename_person', email: JANE, name: 'Janie' });
    await read();
    await until(() => account().name === NAME);

    await reports.setDriftMode(W, 'default', 'report');
    control.uiEdit({ action: 'change_email', email: JANE, to: 'janie@x.test' });
    await read();
    expect(account().email).toBe('janie@x.test');
    await reports.setDriftMode(W, 'default', 'enforce');
    await read();
    await until(async () => account().email === JANE && (await told()).length === 0);
  });

  it('stays as somebody changed it, when nobody has confirmed the link, and only the address stays when it is enforced', async () => {
    const world = await pushed({ engine, drift: 'report', confirmed: false });
    const { control, read, sync, account, told, delivery, reports } = world;
    control.uiEdit({ action: 'rename_person', email: JANE, name: 'Janie' });
    control.uiEdit({ action: 'change_email', email: JANE, to: 'janie@x.test' });
    await read();
    await read();
    expect(account()).toEqual({ email: 'janie@x.test', name: 'Janie' });
    expect(await told()).toHaveLength(1);
    await reports.setDriftMode(W, 'default', 'enforce');
    await sync();
    await until(async () => account().name === NAME && (await delivery())?.state === 'blocked');
    expect(account().email).toBe('janie@x.test');
  });

  it('is changed by the IdP while drift is only reported', async () => {
    const { stage, idp, id, jane, account, control, read } = await pushed({ engine, drift: 'report' });
    control.uiEdit({ action: 'rename_person', email: JANE, name: 'Janie' });
    await read();
    await stage.users.update(idp, id, () => jane('Jane Roe'));
    await until(() => account().name === 'Jane Roe');
  });
});

describe.each(engines)('the profile of an account that the bridge cannot change, on %s', (engine) => {
  it.each(['report', 'enforce'] as const)('is not drift: %s', async (drift) => {
    const { control, read, account, told } = await pushed({ engine, drift, ownScim: false });
    control.uiEdit({ action: 'rename_person', email: JANE, name: 'Janie' });
    control.uiEdit({ action: 'change_email', email: JANE, to: 'janie@x.test' });
    await read();
    expect(account()).toEqual({ email: 'janie@x.test', name: 'Janie' });
    expect(await told()).toEqual([]);
  });
});
