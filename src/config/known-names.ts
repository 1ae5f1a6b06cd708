/** Finds environment variables that look like settings and are none: a misspelt one would otherwise be ignored without a word. */
import { settings, type Setting } from './settings.ts';

/** The beginnings of names that belong to the bridge, in any case. */
const OURS = /^(BATON_MODE|BRIDGE|FEED|MODE|SANDBOX)_/i;
/**
 * What Kubernetes puts into every pod for a Service that is called `bridge`, `feed`, `mode` or `mode-...`, such as
 * `MODE_SCIM_BRIDGE_SERVICE_HOST` (https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables).
 */
const SERVICE_LINK_NAME =
  /_(SERVICE_HOST|SERVICE_PORT|SERVICE_PORT_\w+|PORT_\d+_(TCP|UDP|SCTP)(_(ADDR|PORT|PROTO))?)$/;
const SERVICE_LINK_VALUE = /^(tcp|udp|sctp):\/\//;
/** A name that differs in more than this share of its length is no misspelling of it. */
const MAX_DIFFERENCE = 1 / 3;

/** Every name under which a setting can be given; a secret can also be given as the name of a file. */
const KNOWN: readonly string[] = Object.values(settings).flatMap((setting: Setting<unknown>) => {
  const names = [setting.name, ...(setting.aliases ?? [])];
  return setting.secret === true ? names.flatMap((name) => [name, `${name}_FILE`]) : names;
});

/** @returns whether Kubernetes wrote this value for a Service, and no person did */
export function isServiceLink(value: string): boolean {
  return SERVICE_LINK_VALUE.test(value);
}

/** @returns one problem for each variable with a name like ours that no setting has */
export function unknownNames(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  return Object.entries(environment).flatMap(([name, value]) => {
    if (value === undefined || !OURS.test(name) || KNOWN.includes(name)) return [];
    if (SERVICE_LINK_NAME.test(name) || isServiceLink(value)) return [];
    const nearest = nearestName(name);
    const advice =
      nearest === undefined ? 'Remove it; "check-config" lists all settings.' : `Did you mean ${nearest}?`;
    return [`${name}: there is no setting of this name. ${advice}`];
  });
}

function nearestName(name: string): string | undefined {
  const plain = name.toUpperCase();
  let nearest: { readonly known: string; readonly distance: number } | undefined;
  for (const known of KNOWN) {
    const distance = editDistance(plain, known);
    if (nearest === undefined || distance < nearest.distance) nearest = { known, distance };
  }
  return nearest !== undefined && nearest.distance <= plain.length * MAX_DIFFERENCE
    ? nearest.known
    : undefined;
}

/** How many letters must be inserted, removed or replaced to make one text the other (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [line, letter] of Array.from(from).entries()) {
    const next = [line + 1];
    for (const [column, other] of Array.from(to).entries()) {
      const [above = 0, right = 0, left = 0] = [row[column], row[column + 1], next[column]];
      next.push(Math.min(above + (letter === other ? 0 : 1), right + 1, left + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
