/** The use cases of operators on a store: for both servers, and for commands. */
import { createSigner } from '../audit/checkpoint.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import { settings } from '../config/settings.ts';
import { placeOfToken } from '../directory/access/given-token.ts';
import type { ConnectionRules } from '../operators/connections.ts';
import { createOperators, type Operators } from '../operators/operators.ts';
import type { TokenRules } from '../operators/tokens.ts';
import type { Store } from '../store/open-store.ts';

type OperatorConfig = Pick<Config, 'file' | 'workspaces'> & {
  readonly server?: Pick<Config['server'], 'auditKey'>;
};

export function operatorsOf(store: Store, clock: Clock, config: OperatorConfig): Operators {
  const { access, directory, idp, capabilities, tasks, holds, provisioning, status, requests, audit } = store;
  const ports = { access, directory, idp, capabilities, tasks, holds, provisioning, status, requests, audit };
  const auditKey = config.server?.auditKey;
  const driftOf = (workspace: string) => config.workspaces.find(({ slug }) => slug === workspace)?.drift;
  return createOperators({
    ...ports,
    clock,
    signer: auditKey === undefined ? undefined : createSigner(auditKey),
    driftOf: (workspace) => driftOf(workspace) ?? settings.drift.parse(settings.drift.fallback),
    rules: rulesOf(config),
  });
}

/** A file lists all connections; the environment describes one, and its state when the setting is given. */
function rulesOf({ file, workspaces }: Pick<Config, 'file' | 'workspaces'>): ConnectionRules & TokenRules {
  const described = (workspace: string, name: string) =>
    workspaces
      .find(({ slug }) => slug === workspace)
      ?.connections.find((connection) => connection.name === name);
  return {
    file,
    isDescribed: (workspace, name) => described(workspace, name) !== undefined,
    stateSetting: (workspace, name) =>
      described(workspace, name)?.state === undefined ? undefined : settings.connectionState.name,
    placeOf: (token, connection) => placeOfToken(token, connection, workspaces),
    isPinned: (workspace, name) => described(workspace, name)?.profile !== undefined,
  };
}
