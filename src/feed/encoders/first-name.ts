/** @returns the first of the names that says something, else the id */
export function firstName(id: string, ...names: readonly (string | null)[]): string {
  return names.find((name) => name !== null && name.trim() !== '') ?? id;
}
