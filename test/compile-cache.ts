/** Where Node keeps what it has compiled: most of the start of a program or of a thread is spent on compiling the same files again. */
import { join } from 'node:path';
import { memoryFolder } from './memory-folder.ts';

export const COMPILE_CACHE = join(memoryFolder(), 'bridge-compile-cache');
