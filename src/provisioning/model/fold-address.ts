/**
 * Folds an address to compare it with the target's. It folds less than for names: `strasse@` and `straße@` are two
 * mailboxes, which may belong to two people.
 */
export function foldAddress(address: string): string {
  return address.trim().toLowerCase();
}
