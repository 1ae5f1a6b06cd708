/** @returns the first name that is not empty, else the id */
export function firstName(id: string, ...names: readonly (string | null)[]): string {
  return names.find((name) => name !== null && name.trim() !== '') ?? id;
}
