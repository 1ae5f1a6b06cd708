/** The configuration, wherever it comes from: the settings of the process, and a list of workspaces with their connections. */
import type { WantedConnection, WantedWorkspace } from '../directory/access/wanted-access.ts';
import type { POLICY_KEYS, SERVER_KEYS, WORKSPACE_KEYS } from './file-keys.ts';
import type { settings } from './settings.ts';

export type SettingKey = keyof typeof settings;
type Parsed<K extends SettingKey> = ReturnType<(typeof settings)[K]['parse']>;
/** The value of every setting, with its default where it has one. */
export type Values = {
  readonly [K in SettingKey]: (typeof settings)[K] extends { fallback: string }
    ? Parsed<K>
    : Parsed<K> | undefined;
};

export interface Credential {
  readonly token: string;
  readonly secret: string;
}

export interface ModeAccess {
  readonly baseUrl: string;
  readonly workspace: string;
  readonly key: Credential;
  readonly inviter?: Credential;
  /** Mode's own SCIM endpoint. */
  readonly ownScim?: { readonly url: string; readonly token: string };
}

/** Settings of the process. */
export type ServerConfig = Pick<
  Values,
  keyof typeof SERVER_KEYS | 'sandboxPort' | 'sandboxProfile' | 'sandboxWorkspaces' | 'production'
>;

/** The policy of a connection. */
export type PolicyConfig = Pick<Values, keyof typeof POLICY_KEYS>;

export interface ConnectionConfig extends WantedConnection {
  readonly policy: PolicyConfig;
}

export interface WorkspaceConfig
  extends WantedWorkspace, Pick<Values, keyof typeof WORKSPACE_KEYS | 'modeRequestsPerSecond'> {
  readonly target: 'mode';
  readonly connections: readonly ConnectionConfig[];
  /** The policy of connections that the configuration does not describe. */
  readonly policy: PolicyConfig;
  /** undefined: the environment has no MODE_ setting; `serve` may run a simulated Mode then. */
  readonly mode: ModeAccess | undefined;
}

export interface Config {
  /** The path of the file that describes the workspaces; undefined: the environment does. */
  readonly file: string | undefined;
  readonly server: ServerConfig;
  /** The environment describes one; the file describes one or more. */
  readonly workspaces: readonly WorkspaceConfig[];
}

export type Environment = Readonly<Record<string, string | undefined>>;
