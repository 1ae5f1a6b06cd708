/** Facts about the target that the worker stores for operators: one row for each fact, with its value as JSON. */
import type { TargetFactStore } from '../../provisioning/ports/target-facts.ts';
import type { Engine } from '../engine/engine.ts';

export function targetFacts({ db, write }: Engine): TargetFactStore {
  return {
    saveFacts: async (workspace, facts, at) => {
      await write(
        Object.entries(facts).map(([name, fact]) => {
          const values = { value: JSON.stringify(fact), at };
          const insert = db.insertInto('target_facts').values({ workspace, name, ...values });
          const query = insert.onConflict((conflict) =>
            conflict.columns(['workspace', 'name']).doUpdateSet(values),
          );
          return { query: query.compile() };
        }),
      );
    },
    facts: async (workspace) => {
      const rows = await db
        .selectFrom('target_facts')
        .selectAll()
        .where('workspace', '=', workspace)
        .execute();
      return Object.fromEntries(rows.map(({ name, value }) => [name, JSON.parse(value)]));
    },
  };
}
