/** Puts the name of the target into the sentences of an explanation, which say `{target}`. Pure. */
import type { Explanation, Part, Why } from './explanation.ts';

export function nameTarget(label: string, explanation: Explanation): Explanation {
  const named = (text: string) => text.replaceAll('{target}', label);
  const why = ({ text, next, ...rest }: Why): Why => {
    return { ...rest, text: named(text), next: next === null ? null : named(next) };
  };
  const part = <P extends Part>(given: P): P => ({
    ...given,
    why: given.why.map(why),
    chain: given.chain.map((link) => ({ ...link, text: named(link.text) })),
  });
  const { account, access, role, groups } = explanation;
  return {
    ...explanation,
    account: account && { ...account, match: named(account.match) },
    access: part(access),
    role: part(role),
    groups: groups.map(part),
  };
}
