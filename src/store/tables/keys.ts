/** The folded forms of names and addresses, which are stored for comparisons. */
import { foldText } from '../../directory/fold.ts';

/** The folded form of names of users and groups, and of addresses in searches. */
export function nameKey(text: string): string {
  return foldText(text.trim());
}

export { foldAddress as fold } from '../../provisioning/model/fold-address.ts';
