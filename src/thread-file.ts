/** The file of a thread: TypeScript as it stands in the sources, JavaScript in a package. */
import { extname } from 'node:path';

/** @param name of the file, without its ending, next to the module @param module the `import.meta.url` of the caller */
export function threadFile(name: string, module: string): URL {
  return new URL(`${name}${extname(module)}`, module);
}
