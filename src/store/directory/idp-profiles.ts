/** The detected IdP of each connection, and its warnings. */
import { prepared, slot } from '../engine/prepared.ts';
import {
  ANSWER_SHAPES,
  IDP_PROFILES,
  type IdpProfile,
  type IdpProfileStore,
  type Pins,
  type WarningCode,
} from '../../directory/access/idp-profile.ts';
import type { Engine } from '../engine/engine.ts';

export function idpProfiles(engine: Engine): IdpProfileStore {
  const { db, write } = engine;
  const addWarning = prepared(
    db
      .insertInto('idp_warnings')
      .values({
        connection_id: slot('connectionId'),
        code: slot('code'),
        example: slot('example'),
        count: slot<number>('times'),
        first_at: slot<number>('at'),
        last_at: slot<number>('at'),
      })
      .onConflict((conflict) =>
        conflict.columns(['connection_id', 'code']).doUpdateSet((of) => ({
          example: slot('example'),
          count: of('idp_warnings.count', '+', slot<number>('times')),
          last_at: slot<number>('at'),
        })),
      ),
  );

  return {
    profile: async (connectionId) => {
      const query = db.selectFrom('idp_profiles').selectAll().where('connection_id', '=', connectionId);
      const row = await query.executeTakeFirst();
      if (row === undefined) return undefined;
      const { detected, evidence, pinned } = row;
      return {
        connectionId,
        detected: detected as IdpProfile,
        evidence,
        ...pinsOf(pinned),
      };
    },

    saveDetected: async (connection_id, detected, evidence, updated_at) => {
      const row = { connection_id, detected, evidence, updated_at };
      const upsert = db
        .insertInto('idp_profiles')
        .values({ ...row, pinned: null })
        .onConflict((conflict) =>
          conflict.column('connection_id').doUpdateSet({ detected, evidence, updated_at }),
        );
      await write([{ query: upsert.compile() }]);
    },

    pin: async (connection_id, pins, updated_at) => {
      const pinned = textOf(pins);
      const row = { connection_id, pinned, updated_at };
      const upsert = db
        .insertInto('idp_profiles')
        .values({ ...row, detected: 'generic', evidence: null })
        .onConflict((conflict) => conflict.column('connection_id').doUpdateSet({ pinned, updated_at }));
      await write([{ query: upsert.compile() }]);
    },

    warnings: async (connectionId) => {
      const query = db.selectFrom('idp_warnings').selectAll().where('connection_id', '=', connectionId);
      const rows = await query.orderBy('first_at').orderBy('code').execute();
      return rows.map(({ code, example, count, first_at: firstAt, last_at: lastAt }) => {
        return { connectionId, code: code as WarningCode, example, count, firstAt, lastAt };
      });
    },

    addWarning: async (connectionId, { code, example, times }, at) => {
      await write([{ query: addWarning({ connectionId, code, example, times, at }) }]);
    },
  };
}

/** All pins of a connection are in one column: their names, separated by blanks. */
function textOf({ pinned, shapes }: Pins): string | null {
  const names = pinned === null ? shapes : [pinned, ...shapes];
  return names.length === 0 ? null : names.join(' ');
}

/** Unknown names are left out. */
function pinsOf(text: string | null): Pins {
  const names: readonly string[] = text?.split(' ') ?? [];
  return {
    pinned: IDP_PROFILES.find((profile) => names.includes(profile)) ?? null,
    shapes: ANSWER_SHAPES.filter((shape) => names.includes(shape)),
  };
}
