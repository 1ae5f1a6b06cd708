/** How names and addresses are compared: the folded forms that are stored next to them. */
import { foldText } from '../../directory/fold.ts';

/** The form in which names of users and groups are compared, and addresses that are searched for. */
export function nameKey(text: string): string {
  return foldText(text.trim());
}

/**
 * The form in which addresses are matched with Mode. It folds less than names are: `strasse@` and `straße@` are two
 * mailboxes, which may belong to two people.
 */
export function fold(text: string): string {
  return text.trim().toLowerCase();
}
