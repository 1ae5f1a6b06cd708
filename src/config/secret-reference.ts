/** Reads a secret of the configuration file: `{ env: NAME }` or `{ file: PATH }`. */
import { dirname, resolve } from 'node:path';
import { isMap, isScalar, type Node } from 'yaml';
import type { Environment } from './config.ts';
import { readSecretFile } from './secret-file.ts';

const FORMS = 'give the environment variable that has it as { env: NAME }, or the file as { file: PATH }';

interface Reading {
  /** Of the configuration file. */
  readonly path: string;
  readonly environment: Environment;
  /** The name of the variable is added. */
  readonly used: Set<string>;
}

/**
 * @returns the secret, and where it comes from, for people
 * @throws Error that says what is wrong. It does not repeat text of the file, which may be the secret.
 */
export function secretOf(
  { path, environment, used }: Reading,
  node: Node | undefined,
): { readonly text: string; readonly origin: string } {
  if (!isMap(node)) throw new Error(`a secret is not written into this file: ${FORMS}`);
  const [pair, ...others] = node.items;
  const kind = isScalar(pair?.key) ? pair.key.value : undefined;
  const name = isScalar(pair?.value) ? pair.value.value : undefined;
  if (others.length > 0) throw new Error(`expects one key here, env or file: ${FORMS}`);
  if (kind !== 'env' && kind !== 'file') throw new Error(`expects the key env or file here: ${FORMS}`);
  if (typeof name !== 'string' || name.trim() === '') {
    throw new Error(
      kind === 'env'
        ? 'expects the name of an environment variable after "env", as text'
        : 'expects the path of a file after "file", as text',
    );
  }
  if (kind === 'file') {
    const file = resolve(dirname(path), name);
    return { text: readSecretFile(file), origin: `from the file ${file}` };
  }
  used.add(name);
  const text = environment[name];
  if (text === undefined || text.trim() === '')
    throw new Error(`names ${variable(name)}, which is ${text === undefined ? 'not set' : 'empty'}`);
  return { text, origin: `from ${name}` };
}

/** A name in another form may be the secret itself, in the wrong place. */
function variable(name: string): string {
  return /^[A-Z][A-Z0-9_]*$/.test(name)
    ? `the environment variable ${name}`
    : 'an environment variable whose name is not in capital letters (not shown here: it may be the secret itself)';
}
