/**
 * The form in which addresses are compared with the target's. It folds less than names are: `strasse@` and `straße@` are
 * two mailboxes, which may belong to two people.
 */
export function foldAddress(address: string): string {
  return address.trim().toLowerCase();
}
