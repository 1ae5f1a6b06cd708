/** A reason as code and parameters. It is converted to a sentence where a person reads it. */
import { REASONS, type ReasonCode } from './reasons.ts';

export interface Reason {
  readonly code: ReasonCode;
  readonly params: Readonly<Record<string, string | number>>;
}

type NamesIn<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | NamesIn<Rest>
  : never;
type ParamsOf<Code extends ReasonCode> = Exclude<NamesIn<(typeof REASONS)[Code]>, 'target'>;

/** @param params one for each name in the sentence of the code; `target` is added later (`ofTarget`) */
export function reason<Code extends ReasonCode>(
  code: Code,
  ...[params]: [ParamsOf<Code>] extends [never] ? [] : [Readonly<Record<ParamsOf<Code>, string | number>>]
): Reason {
  return { code, params: params ?? {} };
}

/** Adds the target's name to reasons whose sentence has it. */
export function ofTarget(reasons: readonly Reason[], target: string): readonly Reason[] {
  return reasons.map(({ code, params }) =>
    REASONS[code].includes('{target}') ? { code, params: { ...params, target } } : { code, params },
  );
}

/** @returns the sentences, separated by spaces; null when there is no reason */
export function sentences(reasons: readonly Reason[]): string | null {
  return reasons.length === 0 ? null : reasons.map(sentence).join(' ');
}

function sentence({ code, params }: Reason): string {
  return REASONS[code].replaceAll(/\{(\w+)\}/g, (_whole, name: string) =>
    Object.hasOwn(params, name) ? String(params[name]) : name === 'target' ? 'the target' : '',
  );
}

/** Without duplicates, in the same order. */
export function uniqueReasons(reasons: readonly Reason[]): readonly Reason[] {
  return [...new Map(reasons.map((why) => [JSON.stringify(why), why])).values()];
}
