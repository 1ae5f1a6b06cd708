/** What a setting is: its names, what it means, and how its text is read. */
import type { ValueReader } from './setting-values.ts';

export interface Setting<T> {
  /** The environment variable. A secret may also come from the file that `NAME_FILE` names. */
  readonly name: string;
  /** Other names that mean the same; the first that is set wins. */
  readonly aliases?: readonly string[];
  readonly secret?: true;
  readonly description: string;
  /** What stands when nothing is set, as text; undefined: then it is left out. */
  readonly fallback?: string;
  /** @throws BridgeError invalid_config whose message says what is expected. */
  readonly parse: ValueReader<T>;
}
