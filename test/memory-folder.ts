/** Where databases of tests are: in memory where the system offers it, for waits for the disk would be most of their time. */
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';

const MEMORY = '/dev/shm';

export function memoryFolder(): string {
  return existsSync(MEMORY) ? MEMORY : tmpdir();
}
