/** PATCH of Mode's own SCIM (RFC 7644 section 3.5.2): attributes, lists, and list elements selected by value. Pure. */
type Fields = Readonly<Record<string, unknown>>;

export interface PatchOperation {
  readonly op: string;
  readonly path: string;
  readonly value?: unknown;
}

/** @returns the resource after all operations */
export function applyOperations(resource: Fields, operations: readonly PatchOperation[]): Fields {
  return operations.reduce(apply, resource);
}

function apply(resource: Fields, { op, path, value }: PatchOperation): Fields {
  const element = /^(\w+)\[value eq "([^"]+)"\]$/.exec(path);
  if (element !== null) {
    const [, name = '', wanted] = element;
    return { ...resource, [name]: listOf(resource[name]).filter((each) => each['value'] !== wanted) };
  }
  const [name = '', inner] = path.split('.');
  if (inner !== undefined) {
    return { ...resource, [name]: { ...(resource[name] as Fields | undefined), [inner]: value } };
  }
  if (op === 'remove') return { ...resource, [name]: undefined };
  if (op !== 'add' || !Array.isArray(value)) return { ...resource, [name]: value };
  const before = listOf(resource[name]);
  const known = new Set(before.map((each) => each['value']));
  return { ...resource, [name]: [...before, ...listOf(value).filter((each) => !known.has(each['value']))] };
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? (value as readonly Fields[]) : [];
}
