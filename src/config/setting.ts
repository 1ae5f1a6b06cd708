/** The description of a setting: its names, its meaning, and the parser of its text. */
import type { ValueReader } from './setting-values.ts';

export interface Setting<T> {
  /** The environment variable. A secret may also come from the file that `NAME_FILE` names. */
  readonly name: string;
  /** Other names that mean the same; the first that is set wins. */
  readonly aliases?: readonly string[];
  readonly secret?: true;
  readonly description: string;
  /** The default, as text; undefined when there is none. */
  readonly fallback?: string;
  /** @throws BridgeError invalid_config whose message says what is expected. */
  readonly parse: ValueReader<T>;
}
