/** The directory's steps, as statements that say how many rows they must touch. */
import { sql } from 'kysely';
import type { DirectoryStep, DirectoryStore, DirectoryWrite } from '../directory/directory-store.ts';
import type { User } from '../directory/user.ts';
import { chunks } from './chunks.ts';
import { changeStatements } from './change-statements.ts';
import type { Engine, Statement } from './engine.ts';
import { askForJobs } from './job-statements.ts';
import { fold, groupRow, userRow } from './rows.ts';
import { flag } from './schema.ts';

export function directoryWrites(engine: Engine): Pick<DirectoryStore, 'commit'> {
  return {
    commit: (write) =>
      engine.write([
        ...write.steps.flatMap((step) => statements(engine, step, write)),
        ...askForJobs(engine, write.workspace, write.subjects, write.at),
        ...changeStatements(engine, write.workspace, write.at, write.changes),
      ]),
  };
}

function statements({ db }: Engine, step: DirectoryStep, { workspace, at }: DirectoryWrite): Statement[] {
  const user = (id: string) =>
    db
      .updateTable('users')
      .where('id', '=', id)
      .where('workspace', '=', workspace)
      .where('deleted_at', 'is', null);
  const group = (id: string) =>
    db
      .updateTable('groups')
      .where('id', '=', id)
      .where('workspace', '=', workspace)
      .where('deleted_at', 'is', null);

  switch (step.step) {
    case 'create_user': {
      const insert = db.insertInto('users').values({ ...userRow(step.user), deleted_at: null });
      return [{ query: insert.compile(), expect: 1 }, ...emailStatements({ db }, step.user)];
    }
    case 'update_user': {
      const update = user(step.user.id)
        .where('version', '=', step.user.version - 1)
        .set(userRow(step.user));
      const forget = db.deleteFrom('user_emails').where('user_id', '=', step.user.id);
      return [
        { query: update.compile(), expect: 1 },
        { query: forget.compile() },
        ...emailStatements({ db }, step.user),
      ];
    }
    case 'delete_user': {
      const bury = user(step.id).where('version', '=', step.version).set({ deleted_at: at, updated_at: at });
      return [{ query: bury.compile(), expect: 1 }];
    }
    case 'create_group': {
      const insert = db.insertInto('groups').values({ ...groupRow(step.group), deleted_at: null });
      return [{ query: insert.compile(), expect: 1 }];
    }
    case 'update_group': {
      const update = group(step.group.id)
        .where('version', '=', step.group.version - 1)
        .set(groupRow(step.group));
      return [{ query: update.compile(), expect: 1 }];
    }
    case 'delete_group': {
      const bury = group(step.id).where('version', '=', step.version).set({ deleted_at: at, updated_at: at });
      return [{ query: bury.compile(), expect: 1 }];
    }
    case 'touch_group': {
      const touch = group(step.id).set((of) => ({ version: of('version', '+', 1), updated_at: at }));
      return [{ query: touch.compile(), expect: 1 }];
    }
    case 'add_members':
      return chunks(step.userIds).map((ids) => {
        const found = db
          .selectFrom('users')
          // PostgreSQL does not see from the insert what these two are.
          .select(sql<string>`cast(${step.groupId} as text)`.as('group_id'))
          .select('id as user_id')
          .select(sql<number>`cast(${at} as bigint)`.as('added_at'))
          .where('workspace', '=', workspace)
          .where('deleted_at', 'is', null)
          .where('id', 'in', ids);
        const insert = db
          .insertInto('group_members')
          .columns(['group_id', 'user_id', 'added_at'])
          .expression(found);
        return { query: insert.compile(), expect: ids.length };
      });
    case 'remove_members':
      return chunks(step.userIds).map((ids) => {
        const remove = db
          .deleteFrom('group_members')
          .where('group_id', '=', step.groupId)
          .where('user_id', 'in', ids);
        return { query: remove.compile(), expect: ids.length };
      });
  }
}

function emailStatements({ db }: Pick<Engine, 'db'>, user: User): Statement[] {
  if (user.emails.length === 0) return [];
  const rows = user.emails.map(({ value, type, primary }) => {
    return {
      user_id: user.id,
      value_key: fold(value),
      type_key: fold(type ?? ''),
      is_primary: flag(primary),
    };
  });
  return [{ query: db.insertInto('user_emails').values(rows).compile() }];
}
