/** The file of a thread: TypeScript as it stands in the sources, JavaScript in a package. */
import { extname } from 'node:path';

/** @param name of the file, without its ending, beside the module @param module the `import.meta.url` of who starts it */
export function threadFile(name: string, module: string): URL {
  return new URL(`${name}${extname(module)}`, module);
}
