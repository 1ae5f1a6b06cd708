/**
 * Compiling the schemas of all routes is most of what building a bridge takes, and the tests build hundreds of the same.
 * A compiled schema is a pure function of its text, so within a process each text is compiled once. The tests that start
 * the real program compile every schema as it does.
 */
import { createRequire } from 'node:module';

type Compile = (route: { readonly schema: unknown }) => unknown;
type Selector = () => (externalSchemas: unknown, options: unknown) => Compile;

const require = createRequire(createRequire(import.meta.url).resolve('fastify'));

for (const compiler of ['@fastify/fast-json-stringify-compiler', '@fastify/ajv-compiler']) {
  const original = require(compiler) as Selector & { readonly remembers?: true };
  const module = require.cache[require.resolve(compiler)];
  // Where a process runs several test files, this file runs once for each of them.
  if (module !== undefined && original.remembers === undefined) module.exports = remembering(original);
}

function remembering(original: Selector): Selector {
  const compiled = new Map<string, unknown>();
  const selector: Selector = () => (externalSchemas, options) => {
    const surroundings = JSON.stringify([externalSchemas, options]);
    let compile: Compile | undefined;
    return (route) => {
      const key = JSON.stringify(route.schema) + surroundings;
      if (!compiled.has(key)) {
        compile ??= original()(externalSchemas, options);
        compiled.set(key, compile(route));
      }
      return compiled.get(key);
    };
  };
  return Object.assign(selector, original, { remembers: true });
}
