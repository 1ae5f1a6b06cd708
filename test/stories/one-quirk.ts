/** A kind Mode that is odd in one way: another way for each seed. */
import { PROFILES } from '../../src/sandbox/mode/behaviour/profiles.ts';
import { Quirks } from '../../src/sandbox/mode/behaviour/quirks.ts';

/** Of those that are numbers: something other than usual. */
const NUMBERS: Readonly<Record<string, readonly number[]>> = {
  page_size: [1, 2],
  edge_failure_every: [7],
  group_delete_seconds: [2, 20],
  group_member_stale_seconds: [2, 30],
  group_member_late_seconds: [2, 30],
  invite_expires_seconds: [30 * 86_400],
};

interface Described {
  readonly enum?: readonly unknown[];
  readonly type?: unknown;
}

const ODDITIES: readonly (readonly [string, unknown])[] = Object.entries(Quirks.properties).flatMap(
  ([name, schema]) => {
    const { enum: choices, type } = schema as Described;
    const usual = PROFILES.kind.quirks[name as keyof Quirks];
    const values = choices ?? (type === 'boolean' ? [true, false] : (NUMBERS[name] ?? []));
    return values.filter((value) => value !== usual).map((value) => [name, value] as const);
  },
);

/** @returns as PATCH /_sandbox/settings takes it */
export function oneQuirk(seed: number): Readonly<Record<string, unknown>> {
  const [name, value] = ODDITIES[seed % ODDITIES.length] ?? [];
  return { profile: 'kind', quirks: name === undefined ? {} : { [name]: value } };
}
