/** The workspaces, connections and tokens that the configuration describes. */
import type { ConnectionState } from './connection.ts';
import type { Pins } from './idp-profile.ts';

/** The connection that the environment describes. */
export const DEFAULT_CONNECTION = 'default';
/** The setting that names the configuration file, and the label of every token in the file. */
export const FILE_SETTING = 'BRIDGE_CONFIG';

/** The text of a token, and its origin. */
export interface FixedToken {
  readonly text: string;
  /** An environment variable, or FILE_SETTING: the label of the token. */
  readonly setting: string;
  /** For messages: the environment variable, or the place in the file. */
  readonly place: string;
}

export interface WantedConnection {
  readonly name: string;
  /** undefined: the stored state stays; a new connection is live. */
  readonly state: ConnectionState | undefined;
  readonly tokens: { readonly scim: FixedToken | undefined };
  /** undefined: operators pin it. */
  readonly profile: Pins | undefined;
}

export interface WantedWorkspace {
  readonly slug: string;
  readonly tokens: { readonly feed: FixedToken | undefined; readonly admin: FixedToken | undefined };
  readonly connections: readonly WantedConnection[];
}
