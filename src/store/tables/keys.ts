/** How names and addresses are compared: the folded forms that are stored next to them. */
import { foldText } from '../../directory/fold.ts';

/** The form in which names of users and groups are compared, and addresses that are searched for. */
export function nameKey(text: string): string {
  return foldText(text.trim());
}

export { foldAddress as fold } from '../../provisioning/model/fold-address.ts';
