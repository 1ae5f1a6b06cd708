/** The operators' use cases on a store, for both servers and for commands. */
import { createSigner } from '../audit/checkpoint.ts';
import type { Clock } from '../clock.ts';
import type { Config, WorkspaceConfig } from '../config/config.ts';
import { defaultPolicy } from '../config/file-workspace.ts';
import { settings } from '../config/settings.ts';
import { placeOfToken } from '../directory/access/given-token.ts';
import type { PlanningRules } from '../operators/make-plan.ts';
import type { ConnectionRules } from '../operators/connections.ts';
import { createOperators, type Operators } from '../operators/operators.ts';
import type { TokenRules } from '../operators/tokens.ts';
import { leaverObjectiveMsOf } from './leaver-objective.ts';
import type { Store } from '../store/open-store.ts';
import { REQUESTS_PER_SECOND } from '../targets/mode/mode-target.ts';
import { targets } from '../targets/registry.ts';
import { invitePolicyOf } from './open-workspace.ts';
import { webhookOf } from './webhook-of.ts';
import { systemRandom } from '../random.ts';
import { policyOf } from './policy-of.ts';
import { restateGroup, restateUser } from '../scim/codec/restate.ts';

type OperatorConfig = Pick<Config, 'file' | 'workspaces'> & {
  readonly server?: Pick<Config['server'], 'auditKey' | 'notifyUrl' | 'notifySecret' | 'notifyAllowPrivate'>;
};

export function operatorsOf(store: Store, clock: Clock, config: OperatorConfig): Operators {
  const auditKey = config.server?.auditKey;
  return createOperators({
    ...store,
    clock,
    restateUser,
    restateGroup,
    random: systemRandom,
    openWebhook: webhookOf(config.server, clock),
    signer: auditKey === undefined ? undefined : createSigner(auditKey),
    planningRules: (workspace) => planningRules(config.workspaces.find(({ slug }) => slug === workspace)),
    labelOf: (workspace) =>
      targets[config.workspaces.find(({ slug }) => slug === workspace)?.target ?? 'mode'].label,
    leaverObjectiveMsOf: leaverObjectiveMsOf(config.workspaces),
    rules: rulesOf(config),
  });
}

/**
 * @param workspace undefined for a stored workspace that the configuration does not describe: all settings have their
 * defaults
 */
function planningRules(workspace: WorkspaceConfig | undefined): PlanningRules {
  const { adoption, drift, inviteResendDays, inviteMaxSends } = settings;
  const { modeRequestsPerSecond, ...set } = workspace ?? {
    modeRequestsPerSecond: undefined,
    adoption: adoption.parse(adoption.fallback),
    drift: drift.parse(drift.fallback),
    inviteResendDays: inviteResendDays.parse(inviteResendDays.fallback),
    inviteMaxSends: inviteMaxSends.parse(inviteMaxSends.fallback),
  };
  return {
    adoption: set.adoption,
    drift: set.drift,
    invites: invitePolicyOf(set),
    policyOf: policyOf(workspace ?? { connections: [], policy: defaultPolicy() }),
    callsPerSecond: modeRequestsPerSecond ?? null,
    fallbackCallsPerSecond: REQUESTS_PER_SECOND,
  };
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
