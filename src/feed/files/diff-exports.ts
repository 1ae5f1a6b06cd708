/** Compares two exports. Pure. */
import type { ExportItems } from './read-export.ts';

export interface ExportDiff {
  readonly created: readonly string[];
  readonly deleted: readonly string[];
  readonly modified: readonly {
    readonly what: string;
    readonly changes: Readonly<Record<string, { readonly from: unknown; readonly to: unknown }>>;
  }[];
}

export function diffExports(before: ExportItems, after: ExportItems): ExportDiff {
  const created = [...after.keys()].filter((what) => !before.has(what));
  const deleted = [...before.keys()].filter((what) => !after.has(what));
  const modified = [...after].flatMap(([what, now]) => {
    const old = before.get(what);
    const changes = old === undefined ? {} : differences(old, now);
    return Object.keys(changes).length === 0 ? [] : [{ what, changes }];
  });
  return { created, deleted, modified };
}

function differences(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): Record<string, { from: unknown; to: unknown }> {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const changed = [...names].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  return Object.fromEntries(
    changed.map((name) => [name, { from: before[name] ?? null, to: after[name] ?? null }]),
  );
}
